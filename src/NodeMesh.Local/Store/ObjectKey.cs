using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Local.Store;

/// <summary>What tells objects apart.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace; empty for cluster-scoped kinds.</param>
/// <param name="Name">The name.</param>
internal readonly record struct ObjectKey(ResourceKind Kind, string Namespace, string Name)
{
    /// <summary>The object's file below <c>manifests</c>.</summary>
    public string FileName
    {
        get
        {
            var kind = Kind;

            // Two groups have a Gateway: the group keeps their files apart.
            var ambiguous = ResourceKinds.All.Count(k => k.Kind == kind.Kind) > 1;
            return ambiguous ? $"{Kind.Kind}.{Kind.Group}.{Namespace}.{Name}.yaml" : $"{Kind.Kind}.{Namespace}.{Name}.yaml";
        }
    }

    /// <summary>The key of a document.</summary>
    /// <param name="document">The document.</param>
    public static ObjectKey Of(ManifestDocument document) => new(document.Kind, document.Namespace, document.Name);

    /// <summary>Equal by group and kind, whatever version is asked for.</summary>
    /// <param name="other">The other key.</param>
    public bool Equals(ObjectKey other) =>
        Kind.Kind == other.Kind.Kind && Kind.Group == other.Kind.Group && Namespace == other.Namespace && Name == other.Name;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind.Kind, Kind.Group, Namespace, Name);

    /// <summary><c>kind/name</c> as kubectl writes it: lower case, with the group where there is one.</summary>
    public override string ToString() =>
        Kind.Group.Length == 0 ? $"{Kind.Kind.ToLowerInvariant()}/{Name}" : $"{Kind.Kind.ToLowerInvariant()}.{Kind.Group}/{Name}";
}
