using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Which failed requests are tried again.</summary>
public sealed record HttpRouteRetry
{
    /// <summary>Statuses that are tried again.</summary>
    [InRange(400, 599)]
    public ImmutableArray<int> Codes { get; init; } = [];

    /// <summary>Tries beyond the first.</summary>
    public int? Attempts { get; init; }

    /// <summary>The shortest wait before a try.</summary>
    [GatewayDuration]
    public string? Backoff { get; init; }
}
