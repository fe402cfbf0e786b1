using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Dashboard;

/// <summary>What the page shows.</summary>
/// <param name="Mesh">The mesh's name.</param>
/// <param name="Time">When it was asked.</param>
/// <param name="ControlError">Why the control plane did not answer; null when it did.</param>
/// <param name="Proxies">The proxies.</param>
/// <param name="Workloads">The workloads.</param>
/// <param name="Edges">Who talks to whom.</param>
internal sealed record DashboardState(
    string Mesh, DateTimeOffset Time, string? ControlError, IReadOnlyList<ProxyRow> Proxies, IReadOnlyList<DashboardWorkload> Workloads, IReadOnlyList<TrafficEdge> Edges)
{
    /// <summary>Asks the mesh. A proxy that does not answer is shown as such.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<DashboardState> TakeAsync(IMeshAccess mesh, TimeProvider time, CancellationToken ct)
    {
        var status = ProxyStatusReport.CollectAsync(mesh, ct);
        var asked = await Task.WhenAll(mesh.Nodes.Select(async node =>
        {
            try
            {
                var metrics = await mesh.AskAsync(new MeshPart(MeshPort.Metrics, node), MeshRequest.Get("/metrics"), ct);
                var dump = await mesh.AskProxyAsync(node, "/config_dump", ct);
                return (Samples: MetricSample.Read(metrics, "istio_").ToList(), Workloads: DashboardWorkload.Of(dump));
            }
            catch (ProxyQueryException)
            {
                // proxy-status says why.
                return (Samples: [], Workloads: []);
            }
        }));
        var (rows, controlError) = await status;
        return new DashboardState(
            mesh.Title, time.GetUtcNow(), controlError, rows,
            [.. asked.SelectMany(a => a.Workloads).DistinctBy(w => (w.Namespace, w.Name)).OrderBy(w => w.Namespace, StringComparer.Ordinal).ThenBy(w => w.Name, StringComparer.Ordinal)],
            TrafficEdge.Of(asked.SelectMany(a => a.Samples)));
    }
}
