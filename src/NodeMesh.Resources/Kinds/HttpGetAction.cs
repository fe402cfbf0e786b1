using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>An HTTP request.</summary>
public sealed record HttpGetAction
{
    /// <summary>The path; / when missing.</summary>
    public string? Path { get; init; }

    /// <summary>A number or a named container port.</summary>
    public required IntOrString Port { get; init; }

    /// <summary>The host to connect to; the pod when missing.</summary>
    public string? Host { get; init; }

    /// <summary>HTTP when missing.</summary>
    [OneOf("HTTP", "HTTPS")]
    public string? Scheme { get; init; }

    /// <summary>Headers.</summary>
    public ImmutableArray<HttpHeader> HttpHeaders { get; init; } = [];
}
