using System.Collections.Immutable;
using NodeMesh.Control.Status;
using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Compilation;

/// <summary>What a set of manifests was compiled to.</summary>
/// <param name="Mesh">The model; objects that did not change are the same as in the last one.</param>
/// <param name="PolicyOrigins">The resource that each policy of the model comes from.</param>
/// <param name="Findings">All that is to be said of the manifests.</param>
/// <param name="Statuses">The status of each resource that has one.</param>
public sealed record CompiledConfiguration(
    CompiledMesh Mesh,
    ImmutableDictionary<NamespacedName, ResourceOrigin> PolicyOrigins,
    ImmutableArray<Finding> Findings,
    ImmutableDictionary<ResourceOrigin, ResourceStatus> Statuses);
