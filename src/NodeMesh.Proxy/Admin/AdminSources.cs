using System.Reflection;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Discovery;
using NodeMesh.Identity;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.Resilience;
using NodeMesh.Proxy.State;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Admin;

/// <summary>The proxy's state, as the admin endpoint, the metrics and readiness read it.</summary>
internal sealed record AdminSources
{
    /// <summary>The program's version.</summary>
    public static string Version { get; } =
        typeof(AdminSources).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>The configuration that the proxy was started with.</summary>
    public required ProxyConfiguration Configuration { get; init; }

    /// <summary>The model.</summary>
    public required MeshState Mesh { get; init; }

    /// <summary>The enrolled pods.</summary>
    public required PodRegistry Pods { get; init; }

    /// <summary>The services' endpoints, where traffic policies say something of them.</summary>
    public Func<IEnumerable<UpstreamCluster>> Clusters { get; init; } = static () => [];

    /// <summary>The live connections.</summary>
    public required ConnectionRegistry Connections { get; init; }

    /// <summary>The certificates, such as <c>CertificateStore.Snapshot</c>.</summary>
    public required Func<IReadOnlyList<CertificateStatus>> Certificates { get; init; }

    /// <summary>The tunnels that this proxy opened, such as <c>TunnelPool.Snapshot</c>.</summary>
    public required Func<IReadOnlyList<TunnelInfo>> Tunnels { get; init; }

    /// <summary>What the discovery client says of itself; null while there is none.</summary>
    public Func<DiscoveryClientStatus?> Discovery { get; init; } = static () => null;

    /// <summary>How pods are captured: <c>iptables</c> or <c>ebpf</c>.</summary>
    public required string CaptureMode { get; init; }

    /// <summary>Why they are captured that way.</summary>
    public string CaptureReason { get; init; } = "";

    /// <summary>The engine of in-kernel forwarding; null where it is off.</summary>
    public KernelForwarding? Forwarding { get; init; }

    /// <summary><c>on</c>, or <c>off: </c> and why.</summary>
    public required string InKernelForwarding { get; init; }

    /// <summary>Rate limits that all nodes share; null where there are none.</summary>
    public MeshRateLimiter? MeshLimits { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }
}
