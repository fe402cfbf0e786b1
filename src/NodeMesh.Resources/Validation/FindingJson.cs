using NodeMesh.Model;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Makes the JSON that the commands print.</summary>
public static class FindingJson
{
    /// <summary>A map.</summary>
    /// <param name="entries">Its entries.</param>
    public static ManifestMapping Map(params ReadOnlySpan<(string Key, ManifestNode Value)> entries)
    {
        var list = new List<ManifestEntry>(entries.Length);
        foreach (var (key, value) in entries)
        {
            list.Add(new ManifestEntry(key, value));
        }

        return new ManifestMapping([.. list]);
    }

    /// <summary>A text, or null.</summary>
    /// <param name="text">The text.</param>
    public static ManifestScalar Text(string? text) => text is null ? new ManifestScalar("", ScalarKind.Null) : ManifestScalar.String(text);

    /// <summary>A resource, or null.</summary>
    /// <param name="resource">The resource.</param>
    public static ManifestNode Resource(ResourceOrigin? resource) =>
        resource is null ? Text(null) : Map(("kind", Text(resource.Kind)), ("namespace", Text(resource.Namespace)), ("name", Text(resource.Name)));
}
