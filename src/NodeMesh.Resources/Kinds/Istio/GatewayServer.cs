using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>One listener.</summary>
public sealed record GatewayServer
{
    /// <summary>Its port.</summary>
    public required ServerPort Port { get; init; }

    /// <summary>Its address.</summary>
    public string? Bind { get; init; }

    /// <summary>Hosts, optionally as NAMESPACE/HOST.</summary>
    public required ImmutableArray<string> Hosts { get; init; }

    /// <summary>TLS.</summary>
    public ServerTlsSettings? Tls { get; init; }

    /// <summary>Not served.</summary>
    public string? DefaultEndpoint { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }
}
