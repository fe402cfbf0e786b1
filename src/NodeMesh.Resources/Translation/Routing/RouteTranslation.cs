using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>What the routes of a mesh were translated to.</summary>
/// <param name="Routes">The routes by service or host.</param>
/// <param name="Labels">The keys of the labels that routes and policies ask of workloads.</param>
/// <param name="Findings">What is to be said of the resources.</param>
internal sealed record RouteTranslation(ImmutableDictionary<NamespacedName, ServiceRoutes> Routes, ImmutableHashSet<string> Labels, IReadOnlyList<Finding> Findings)
{
    /// <summary>What became of each Gateway API route, for its parents that are the mesh's.</summary>
    public ImmutableDictionary<ResourceOrigin, ImmutableArray<RouteParentStatus>> Parents { get; init; } = ImmutableDictionary<ResourceOrigin, ImmutableArray<RouteParentStatus>>.Empty;
}
