using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Store;

/// <summary>An object that was applied.</summary>
/// <param name="Document">The object, with what the store fills in: UID, creation time, generation, service addresses.</param>
/// <param name="Applied">The object as it was applied; null once something else changed it.</param>
internal sealed record StoredObject(ManifestDocument Document, ManifestMapping? Applied)
{
    /// <summary>The object's key.</summary>
    public ObjectKey Key => ObjectKey.Of(Document);

    /// <summary>The object's UID.</summary>
    public string Uid => (Document.Root.At("metadata", "uid") as ManifestScalar)!.Text;
}
