using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Who may refer to resources of other namespaces.</summary>
/// <param name="grants">The ReferenceGrants.</param>
internal sealed class GrantIndex(IEnumerable<ManifestDocument> grants)
{
    private readonly ILookup<string, ReferenceGrantSpec> _grants =
        grants.Where(g => ((ReferenceGrantResource)g.Resource!).Spec is not null).ToLookup(g => g.Namespace, g => ((ReferenceGrantResource)g.Resource!).Spec!, StringComparer.Ordinal);

    /// <summary>Says whether a resource may refer to a Service.</summary>
    /// <param name="from">The resource.</param>
    /// <param name="ns">The Service's namespace.</param>
    /// <param name="name">The Service's name.</param>
    /// <returns>True when it may.</returns>
    public bool Allow(ManifestDocument from, string ns, string name) =>
        from.Namespace == ns
        || _grants[ns].Any(g => g.From.Any(f => f.Group == from.Kind.Group && f.Kind == from.Kind.Kind && f.Namespace == from.Namespace)
            && g.To.Any(t => t.Group is "" or "core" && t.Kind == "Service" && (string.IsNullOrEmpty(t.Name) || t.Name == name)));
}
