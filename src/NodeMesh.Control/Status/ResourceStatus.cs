using System.Collections.Immutable;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Status;

/// <summary>What became of a resource.</summary>
/// <param name="Conditions">Conditions, each type once.</param>
/// <param name="Messages">What was found in it.</param>
/// <param name="ObservedGeneration">The generation that this is about; null when the resource has none.</param>
public sealed record ResourceStatus(ImmutableArray<StatusCondition> Conditions, ImmutableArray<Finding> Messages, long? ObservedGeneration)
{
    /// <summary>Of a Gateway API route: what became of it for each parent that is the mesh's. Null for other kinds, whose <see cref="Conditions"/> are written instead.</summary>
    public ImmutableArray<RouteParentStatus>? Parents { get; init; }
}
