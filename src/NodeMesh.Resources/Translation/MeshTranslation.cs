using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>What the resources of a mesh were translated to.</summary>
/// <param name="Mesh">The model.</param>
/// <param name="PolicyOrigins">The resource that each of the model's policies comes from.</param>
/// <param name="Findings">Warnings about resources, each with its resource.</param>
/// <param name="NotEnforced">Policies that L4 does not enforce exactly as written.</param>
public sealed record MeshTranslation(
    CompiledMesh Mesh,
    ImmutableDictionary<NamespacedName, ResourceOrigin> PolicyOrigins,
    ImmutableArray<Finding> Findings,
    ImmutableHashSet<ResourceOrigin> NotEnforced)
{
    /// <summary>What became of each Gateway API route, for its parents that are the mesh's.</summary>
    public ImmutableDictionary<ResourceOrigin, ImmutableArray<RouteParentStatus>> RouteParents { get; init; } = ImmutableDictionary<ResourceOrigin, ImmutableArray<RouteParentStatus>>.Empty;
}
