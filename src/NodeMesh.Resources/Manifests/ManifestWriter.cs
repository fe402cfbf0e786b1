using NodeMesh.Resources.Kinds;

namespace NodeMesh.Resources.Manifests;

/// <summary>Writes resources back as YAML or JSON.</summary>
public static class ManifestWriter
{
    /// <summary>The tree of a typed resource: set fields only, apiVersion and kind filled in from the type.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>The tree.</returns>
    public static ManifestMapping ToNode(Resource resource) => throw new NotImplementedException();

    /// <summary>A tree as YAML, one document without a marker.</summary>
    /// <param name="node">The tree.</param>
    /// <returns>YAML that ends in a line feed.</returns>
    public static string ToYaml(ManifestNode node) => throw new NotImplementedException();

    /// <summary>A typed resource as YAML.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>YAML that ends in a line feed.</returns>
    public static string ToYaml(Resource resource) => ToYaml(ToNode(resource));

    /// <summary>A tree as indented JSON.</summary>
    /// <param name="node">The tree.</param>
    /// <returns>JSON that ends in a line feed.</returns>
    public static string ToJson(ManifestNode node) => throw new NotImplementedException();
}
