using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How long a request may take; 0s is for ever.</summary>
public sealed record HttpRouteTimeouts
{
    /// <summary>From request to response, retries included.</summary>
    [GatewayDuration]
    public string? Request { get; init; }

    /// <summary>From one try to its response; at most request.</summary>
    [GatewayDuration]
    public string? BackendRequest { get; init; }
}
