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
        var workloads = WorkloadsAsync(mesh, ct);
        var samples = await Task.WhenAll(mesh.Nodes.Select(async node =>
        {
            try
            {
                return MetricSample.Read(await mesh.AskAsync(new MeshPart(MeshPort.Metrics, node), MeshRequest.Get("/metrics"), ct), "istio_").ToList();
            }
            catch (ProxyQueryException)
            {
                // proxy-status says why.
                return [];
            }
        }));
        var (rows, controlError, _) = await status;
        return new DashboardState(mesh.Title, time.GetUtcNow(), controlError, rows, await workloads, TrafficEdge.Of(samples.SelectMany(s => s)));
    }

    /// <summary>Every proxy knows all workloads: the first that answers is asked.</summary>
    private static async Task<List<DashboardWorkload>> WorkloadsAsync(IMeshAccess mesh, CancellationToken ct)
    {
        foreach (var node in mesh.Nodes)
        {
            try
            {
                return DashboardWorkload.Of(await mesh.AskProxyAsync(node, "/config_dump", ct));
            }
            catch (ProxyQueryException)
            {
                // The next one may answer.
            }
        }

        return [];
    }
}
