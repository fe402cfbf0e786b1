using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>One logical endpoint of a Gateway.</summary>
public sealed record GatewayListener
{
    /// <summary>Unique in the gateway.</summary>
    [Length(1, 253)]
    [Matches(Patterns.SectionName, Patterns.SectionNameWords)]
    public required string Name { get; init; }

    /// <summary>Requests for other hosts are not for this listener; all when missing or empty.</summary>
    [Length(1, 253)]
    [Matches(Patterns.Hostname, Patterns.HostnameWords)]
    public string? Hostname { get; init; }

    /// <summary>The port that it listens on.</summary>
    [InRange(1, 65535)]
    public required int Port { get; init; }

    /// <summary>HTTP, HTTPS, TLS, TCP, UDP or DOMAIN/NAME.</summary>
    [Length(1, 255)]
    [Matches(Patterns.ListenerProtocol, Patterns.ListenerProtocolWords)]
    public required string Protocol { get; init; }

    /// <summary>TLS; needed for HTTPS and TLS, forbidden for HTTP, TCP and UDP.</summary>
    public ListenerTls? Tls { get; init; }

    /// <summary>Which routes may attach; those of the same namespace when missing.</summary>
    public AllowedRoutes? AllowedRoutes { get; init; }
}
