using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>How requests and connections to hosts are routed.</summary>
public sealed record VirtualServiceSpec
{
    /// <summary>Hosts that clients name; none in a delegate.</summary>
    public ImmutableArray<string> Hosts { get; init; } = [];

    /// <summary>Gateways as NAMESPACE/NAME, and mesh; mesh when missing.</summary>
    public ImmutableArray<string> Gateways { get; init; } = [];

    /// <summary>Rules for HTTP; the first that matches wins.</summary>
    public ImmutableArray<VirtualServiceHttpRoute> Http { get; init; } = [];

    /// <summary>Rules for TLS that is not ended here.</summary>
    public ImmutableArray<VirtualServiceTlsRoute> Tls { get; init; } = [];

    /// <summary>Rules for other connections.</summary>
    public ImmutableArray<VirtualServiceTcpRoute> Tcp { get; init; } = [];

    /// <summary>Namespaces that see it: names, . or *; all when missing.</summary>
    public ImmutableArray<string> ExportTo { get; init; } = [];
}
