using System.Diagnostics.Metrics;
using NodeMesh.Proxy.Admin;
using NodeMesh.Proxy.Pods;
using NodeMesh.Tunnel;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>Metrics of the proxy itself: read at each scrape from the state that the admin endpoint shows too.</summary>
internal sealed class ProxyMetrics : IDisposable
{
    private readonly Meter _meter = new("NodeMesh.Proxy");

    /// <summary>Begins to report.</summary>
    /// <param name="sources">The proxy's state.</param>
    public ProxyMetrics(AdminSources sources)
    {
        Gauge("istio_build", "Always 1; the labels name the component and its version.", () => [new(1, new Tag("component", "nodemesh-proxy"), new Tag("tag", AdminSources.Version))]);
        AddPods(sources);
        AddTunnels(sources);
        AddDiscovery(sources);
        AddForwarding(sources);
        AddMeshLimits(sources);
        Gauge(
            "nodemesh_certificate_expiry_seconds",
            "Seconds until a certificate expires; negative after.",
            () => sources.Certificates().Where(c => c.NotAfter is not null)
                .Select(c => new Measurement<double>((c.NotAfter!.Value - sources.Time.GetUtcNow()).TotalSeconds, new Tag("identity", c.Identity.ToString()))));
        Gauge(
            "nodemesh_certificates",
            "Identities of this node by the state of their certificate.",
            () => sources.Certificates().GroupBy(c => c.State).Select(g => new Measurement<double>(g.Count(), new Tag("state", g.Key.ToString().ToLowerInvariant()))));
        Gauge("nodemesh_connections_open", "Connections open now.", () => [new(sources.Connections.Count)]);
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private void AddPods(AdminSources sources)
    {
        Gauge("istio_active_proxy_count_total", "Pods captured now.", () => [new(sources.Pods.Pods.Count(p => p.State == PodState.Captured))]);
        Gauge("istio_pending_proxy_count_total", "Pods enrolled but not captured.", () => [new(sources.Pods.Pods.Count(p => p.State == PodState.Pending))]);
        Gauge(
            "nodemesh_pods",
            "Enrolled pods by state.",
            () => sources.Pods.Pods.GroupBy(p => p.State).Select(g => new Measurement<double>(g.Count(), new Tag("state", g.Key.ToString().ToLowerInvariant()))));
    }

    private void AddTunnels(AdminSources sources)
    {
        Gauge(
            "nodemesh_tunnels_open",
            "Tunnels that this proxy opened, by state.",
            () => sources.Tunnels().Where(t => t.State != TunnelState.Closed).GroupBy(t => t.State)
                .Select(g => new Measurement<double>(g.Count(), new Tag("state", g.Key.ToString().ToLowerInvariant()))));
    }

    private void AddForwarding(AdminSources sources)
    {
        Gauge("nodemesh_in_kernel_forwarding", "1 where connections within the node may be forwarded in the kernel.", () => [new(sources.Forwarding is null ? 0 : 1)]);
        if (sources.Forwarding is not { } forwarding)
        {
            return;
        }

        Gauge("nodemesh_in_kernel_connections_open", "Connections that are forwarded in the kernel now.", () => [new(forwarding.Active)]);
        Counter("nodemesh_in_kernel_connections_total", "Connections that have been forwarded in the kernel.", () => forwarding.Activated);
        Gauge("nodemesh_in_kernel_legs_open", "Legs between an application and the proxy on which messages move in the kernel now.", () => [new(forwarding.ActiveLegs)]);
        Counter("nodemesh_in_kernel_legs_total", "Legs on which messages have moved in the kernel; their bytes pass the proxy.", () => forwarding.Legs);
        Counter("nodemesh_in_kernel_bytes_total", "Bytes moved in the kernel by connections that have ended; istio_tcp_* counts them as they move.", () => forwarding.Moved.Bytes);
        Counter("nodemesh_in_kernel_messages_total", "Messages moved in the kernel by connections that have ended.", () => forwarding.Moved.Messages);
    }

    private void AddMeshLimits(AdminSources sources)
    {
        if (sources.MeshLimits is not { } limits)
        {
            return;
        }

        Gauge("nodemesh_rate_limits_shared", "1 while rate limits of the whole mesh are shared with the other nodes, 0 while this one decides alone.", () => [new(limits.AloneBecause is null ? 1 : 0)]);
        Gauge("nodemesh_rate_limit_buckets", "Buckets of rate limits of the whole mesh that this node has a part of.", () => [new(limits.Count)]);
        Counter("nodemesh_rate_limit_calls_total", "Calls of the control plane for tokens of rate limits of the whole mesh.", () => limits.Calls);
        Counter("nodemesh_rate_limit_local_decisions_total", "Requests under rate limits of the whole mesh that this node decided alone.", () => limits.DecidedAlone);
    }

    private void AddDiscovery(AdminSources sources)
    {
        Gauge("nodemesh_discovery_age_seconds", "Seconds since discovery last said something; absent before the first time.", () => sources.Mesh.Age is { } age ? [new(age.TotalSeconds)] : []);
        Gauge("nodemesh_discovery_synced", "1 once the first answer of every discovery type was applied.", () => [new(sources.Mesh.IsSynced ? 1 : 0)]);
        Gauge(
            "nodemesh_discovery_resources",
            "Resources in the model, by kind.",
            () =>
            {
                var model = sources.Mesh.Current;
                return
                [
                    new(model.WorkloadCount, new Tag("kind", "workload")),
                    new(model.ServiceCount, new Tag("kind", "service")),
                    new(model.PolicyCount, new Tag("kind", "policy")),
                    new(model.Nodes.Count(), new Tag("kind", "node")),
                    new(model.Routes.Count(), new Tag("kind", "routes")),
                ];
            });
    }

    private void Counter(string name, string help, Func<long> read) => _meter.CreateObservableCounter(name, read, description: help);

    private void Gauge(string name, string help, Func<IEnumerable<Measurement<double>>> read) => _meter.CreateObservableGauge(name, read, description: help);
}
