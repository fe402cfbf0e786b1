using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>A health check by a GET.</summary>
public sealed record ResilienceHttpCheck
{
    /// <summary>The path; / when missing.</summary>
    [Length(1, 1024)]
    public string? Path { get; init; }

    /// <summary>The host that the request names; the service's own when missing.</summary>
    [Length(1, 253)]
    public string? Host { get; init; }

    /// <summary>The statuses of an endpoint that is well; 200 alone when missing.</summary>
    [Count(0, 16)]
    public ImmutableArray<int> ExpectedStatuses { get; init; } = [];
}
