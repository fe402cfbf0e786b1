using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>One requirement of a label selector.</summary>
public sealed record LabelRequirement
{
    /// <summary>The label.</summary>
    public required string Key { get; init; }

    /// <summary>How it compares.</summary>
    [OneOf("In", "NotIn", "Exists", "DoesNotExist")]
    public required string Operator { get; init; }

    /// <summary>Values for In and NotIn.</summary>
    public ImmutableArray<string> Values { get; init; } = [];
}
