using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Asks whether a namespace lets resources of another refer to its own.</summary>
internal static class ReferenceGrants
{
    /// <summary>Asks it.</summary>
    /// <param name="context">Where to look.</param>
    /// <param name="from">The resource that refers.</param>
    /// <param name="group">The group of what it refers to.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <returns>True when it may.</returns>
    public static bool Allow(AnalysisContext context, ManifestDocument from, string group, string kind, string ns, string name) =>
        from.Namespace == ns
        || context.Of<ReferenceGrantResource>(ResourceKinds.ReferenceGrant)
            .Where(g => g.Document.Namespace == ns && g.Resource.Spec is not null)
            .Any(g => g.Resource.Spec!.From.Any(f => f.Group == from.Kind.Group && f.Kind == from.Kind.Kind && f.Namespace == from.Namespace)
                && g.Resource.Spec.To.Any(t => t.Group == group && t.Kind == kind && (string.IsNullOrEmpty(t.Name) || t.Name == name)));
}
