using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>What is to be done with an outbound connection.</summary>
public sealed record OutboundDecision
{
    /// <summary>How it leaves.</summary>
    public required OutboundRoute Route { get; init; }

    /// <summary>Why it is refused; <see cref="OutboundRefusal.None"/> unless <see cref="Route"/> is <see cref="OutboundRoute.Refuse"/>.</summary>
    public OutboundRefusal Refusal { get; init; }

    /// <summary>One line of detail for a refusal; else empty.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The service that was addressed; null when none was.</summary>
    public Service? Service { get; init; }

    /// <summary>The chosen workload; null for pass-through and refusals.</summary>
    public Workload? Workload { get; init; }

    /// <summary>The endpoint's own address and port; null for refusals and where <see cref="Hostname"/> must be resolved first.</summary>
    public IPEndPoint? Endpoint { get; init; }

    /// <summary>A name to resolve at connect, for a workload without addresses; else empty.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>The port that goes with <see cref="Hostname"/>.</summary>
    public int HostnamePort { get; init; }

    /// <summary>Where the tunnel ends; null without a tunnel.</summary>
    public IPEndPoint? Tunnel { get; init; }

    /// <summary>The URIs of which the tunnel's server must prove one.</summary>
    public ImmutableArray<string> ExpectedUris { get; init; } = [];

    /// <summary>TLS towards an endpoint outside the mesh; null for none.</summary>
    public OutboundTls? Tls { get; init; }
}
