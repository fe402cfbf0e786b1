using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Pings on HTTP/2 connections.</summary>
public sealed record Http2KeepAlive
{
    /// <summary>Time between two.</summary>
    [GoDuration]
    public string? Interval { get; init; }

    /// <summary>How long an answer may take.</summary>
    [GoDuration]
    public string? Timeout { get; init; }
}
