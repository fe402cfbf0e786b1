using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>One listener.</summary>
public sealed record GatewayServer
{
    /// <summary>The port that is listened on.</summary>
    public required ServerPort Port { get; init; }

    /// <summary>Its address.</summary>
    public string? Bind { get; init; }

    /// <summary>Hosts, optionally as NAMESPACE/HOST.</summary>
    public required ImmutableArray<string> Hosts { get; init; }

    /// <summary>How TLS is ended or passed through.</summary>
    public ServerTlsSettings? Tls { get; init; }

    /// <summary>Not served.</summary>
    public string? DefaultEndpoint { get; init; }

    /// <summary>The server's name.</summary>
    public string? Name { get; init; }
}
