using NodeMesh.Identity;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Hosting;

namespace NodeMesh.Proxy.Admin;

/// <summary>All that the proxy knows, for <c>/config_dump</c>. No key and no token is in it.</summary>
internal sealed record ConfigDump
{
    /// <summary>The program's version.</summary>
    public required string Version { get; init; }

    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>When the dump was made.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>How pods are captured.</summary>
    public required string CaptureMode { get; init; }

    /// <summary>Why they are captured that way.</summary>
    public required string CaptureReason { get; init; }

    /// <summary>Whether connections within the node are forwarded in the kernel: <c>on</c>, or <c>off: </c> and why.</summary>
    public required string InKernelForwarding { get; init; }

    /// <summary>How limits that all nodes share are decided: <c>unused</c> so far, <c>shared</c>, or <c>local: </c> and why by this node alone.</summary>
    public required string MeshRateLimits { get; init; }

    /// <summary>Readiness checks that are pending, name and what is missing.</summary>
    public required IReadOnlyDictionary<string, string> Pending { get; init; }

    /// <summary>Discovery's state.</summary>
    public required DiscoveryView Discovery { get; init; }

    /// <summary>The configuration of the start.</summary>
    public required ProxyConfiguration StaticConfig { get; init; }

    /// <summary>Workloads, by namespace and name.</summary>
    public required IEnumerable<Workload> Workloads { get; init; }

    /// <summary>Services, by namespace and name.</summary>
    public required IEnumerable<Service> Services { get; init; }

    /// <summary>Policies, by namespace and name.</summary>
    public required IEnumerable<AuthorizationPolicy> Policies { get; init; }

    /// <summary>NetworkPolicies, by namespace and name.</summary>
    public required IEnumerable<NetworkPolicy> NetworkPolicies { get; init; }

    /// <summary>Nodes, by name.</summary>
    public required IEnumerable<MeshNode> Nodes { get; init; }

    /// <summary>Routes and traffic policies, by namespace and host.</summary>
    public required IEnumerable<ServiceRoutes> Routes { get; init; }

    /// <summary>Endpoints of services whose traffic policies say something of them, as they are used from this node.</summary>
    public required IEnumerable<EndpointView> Endpoints { get; init; }

    /// <summary>Certificates of this node's identities.</summary>
    public required IReadOnlyList<CertificateStatus> Certificates { get; init; }

    /// <summary>This node's enrolled pods.</summary>
    public required IEnumerable<PodView> Pods { get; init; }

    /// <summary>Live connections, oldest first.</summary>
    public required IEnumerable<ConnectionView> Connections { get; init; }

    /// <summary>Tunnels that this proxy opened.</summary>
    public required IEnumerable<TunnelView> Tunnels { get; init; }

    /// <summary>Takes the dump.</summary>
    /// <param name="sources">The proxy's state.</param>
    /// <param name="pending">Readiness checks that are pending.</param>
    public static ConfigDump Take(AdminSources sources, IReadOnlyDictionary<string, string> pending)
    {
        var model = sources.Mesh.Current;
        return new ConfigDump
        {
            Version = AdminSources.Version,
            Node = sources.Configuration.Node,
            Time = sources.Time.GetUtcNow(),
            CaptureMode = sources.CaptureMode,
            CaptureReason = sources.CaptureReason,
            InKernelForwarding = sources.InKernelForwarding,
            MeshRateLimits = sources.MeshLimits?.State ?? "unused",
            Pending = pending,
            Discovery = new DiscoveryView(sources.Mesh.IsSynced, Seconds(sources.Mesh.Age), model.Version, sources.Configuration.ControlPlane, sources.Discovery()),
            StaticConfig = sources.Configuration,
            Workloads = model.Workloads.OrderBy(w => w.Namespace, StringComparer.Ordinal).ThenBy(w => w.Name, StringComparer.Ordinal).ThenBy(w => w.Uid, StringComparer.Ordinal),
            Services = model.Services.OrderBy(s => s.Namespace, StringComparer.Ordinal).ThenBy(s => s.Hostname, StringComparer.Ordinal),
            NetworkPolicies = model.NetworkPolicies.OrderBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal),
            Policies = model.Policies.OrderBy(p => p.Namespace, StringComparer.Ordinal).ThenBy(p => p.Name, StringComparer.Ordinal),
            Nodes = model.Nodes.OrderBy(n => n.Name, StringComparer.Ordinal),
            Routes = model.Routes.OrderBy(r => r.Key.Namespace, StringComparer.Ordinal).ThenBy(r => r.Key.Name, StringComparer.Ordinal),
            Endpoints = sources.Clusters().OrderBy(c => c.Key.Service.ToString(), StringComparer.Ordinal).ThenBy(c => c.Key.Port).SelectMany(EndpointView.Of),
            Certificates = sources.Certificates(),
            Pods = sources.Pods.Pods.OrderBy(p => p.Pod.Namespace, StringComparer.Ordinal).ThenBy(p => p.Pod.Name, StringComparer.Ordinal).Select(p => PodView.Of(p, model)),
            Connections = TakeConnections(sources),
            Tunnels = TakeTunnels(sources),
        };
    }

    /// <summary>Takes the connections alone.</summary>
    /// <param name="sources">The proxy's state.</param>
    public static IEnumerable<ConnectionView> TakeConnections(AdminSources sources)
    {
        var now = sources.Time.GetUtcNow();
        return [.. sources.Connections.Live.OrderBy(c => c.Id).Select(c => ConnectionView.Of(c, now))];
    }

    /// <summary>Takes the tunnels alone.</summary>
    /// <param name="sources">The proxy's state.</param>
    public static IEnumerable<TunnelView> TakeTunnels(AdminSources sources) => [.. sources.Tunnels().OrderBy(t => t.TunnelId).Select(TunnelView.Of)];

    private static double? Seconds(TimeSpan? age) => age is { } value ? Math.Round(value.TotalSeconds, 3) : null;
}
