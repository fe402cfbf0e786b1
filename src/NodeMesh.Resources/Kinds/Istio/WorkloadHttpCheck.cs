using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A check by an HTTP request.</summary>
public sealed record WorkloadHttpCheck
{
    /// <summary>The path; / when missing.</summary>
    public string? Path { get; init; }

    /// <summary>The port.</summary>
    [InRange(1, 65535)]
    public required int Port { get; init; }

    /// <summary>The host.</summary>
    public string? Host { get; init; }

    /// <summary>HTTP when missing.</summary>
    [OneOf("HTTP", "HTTPS")]
    public string? Scheme { get; init; }

    /// <summary>Headers.</summary>
    public ImmutableArray<WorkloadHttpHeader> HttpHeaders { get; init; } = [];
}
