using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Proxy.Hosting;

/// <summary>The proxy's configuration: the JSON file that <c>--config</c> names.</summary>
internal sealed record ProxyConfiguration
{
    /// <summary>The node's name.</summary>
    public required string Node { get; init; }

    /// <summary>The node's own addresses: shared tunnels end on port 15008 of each.</summary>
    public required ImmutableArray<IPAddress> NodeAddresses { get; init; }

    /// <summary>The namespace of the proxy's own identity.</summary>
    public string MeshNamespace { get; init; } = "nodemesh-system";

    /// <summary>The mesh's trust domain.</summary>
    public string TrustDomain { get; init; } = SpiffeId.DefaultTrustDomain;

    /// <summary>The cluster's DNS domain.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>The cluster's name.</summary>
    public string ClusterId { get; init; } = "Kubernetes";

    /// <summary>The control plane's address, <c>https://…:15012</c>.</summary>
    public required Uri ControlPlane { get; init; }

    /// <summary>The name that the control plane's certificate must carry.</summary>
    public string ControlPlaneServerName { get; init; } = "nodemesh-control.nodemesh-system.svc";

    /// <summary>PEM file of the control plane's root certificates.</summary>
    public required string RootCertificate { get; init; }

    /// <summary>File of the token that proves this node; read again for each call.</summary>
    public required string TokenFile { get; init; }

    /// <summary>The enrolment directory.</summary>
    public required string EnrollmentDirectory { get; init; }

    /// <summary><c>iptables</c>, <c>ebpf</c> or <c>auto</c>.</summary>
    public string Capture { get; init; } = "auto";

    /// <summary>What may move in the kernel; all that can is tried by default, and it is said where it cannot be.</summary>
    public InKernelForwarding InKernelForwarding { get; init; } = InKernelForwarding.Enabled;

    /// <summary>The name under which eBPF capture is pinned, unique on the machine; the node's name unless it is given.</summary>
    public string? CaptureName { get; init; }

    /// <summary>Name servers for what the mesh does not answer itself.</summary>
    public ImmutableArray<IPEndPoint> DnsUpstream { get; init; } = [];

    /// <summary>Admin; loopback only.</summary>
    public IPEndPoint AdminListen { get; init; } = new(IPAddress.Loopback, MeshPorts.Admin);

    /// <summary>Readiness.</summary>
    public IPEndPoint ReadinessListen { get; init; } = new(IPAddress.Any, MeshPorts.Readiness);

    /// <summary>Metrics.</summary>
    public IPEndPoint MetricsListen { get; init; } = new(IPAddress.Any, MeshPorts.Metrics);

    /// <summary><c>json</c> or <c>text</c>.</summary>
    public string LogFormat { get; init; } = "text";

    /// <summary>The least level that is logged: <c>trace</c>, <c>debug</c>, <c>info</c>, <c>warn</c>, <c>error</c>.</summary>
    public string LogLevel { get; init; } = "info";

    /// <summary><c>json</c>, <c>text</c> or <c>off</c>.</summary>
    public string AccessLog { get; init; } = "text";

    /// <summary>Where spans of requests are sent: the OTLP/HTTP receiver of a collector, such as <c>http://10.0.0.9:4318</c>; null for nowhere, and none are made.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>The share of requests, in percent, that are traced where no Telemetry says one and no caller has decided.</summary>
    public double TraceSampling { get; init; } = 1;

    /// <summary>True (<c>REGISTRY_ONLY</c>) when connections to destinations outside the mesh are refused.</summary>
    public bool RegistryOnly { get; init; }

    /// <summary>Lifetime asked for workload certificates.</summary>
    public TimeSpan CertificateLifetime { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Limits of the data path.</summary>
    public ProxyLimits Limits { get; init; } = new();

    /// <summary>The proxy's own identity.</summary>
    public SpiffeId Identity => new(TrustDomain, MeshNamespace, "nodemesh-proxy");

    /// <summary>The node's identity.</summary>
    public NodeId NodeIdentity => new(TrustDomain, Node);
}
