using NodeMesh.Compare.Measuring;
using NodeMesh.Compare.Rows;

namespace NodeMesh.Compare.Results;

/// <summary>The figures that targets are set for.</summary>
internal static class Ratios
{
    private const string Rps = MetricNames.RequestsPerSecond + "32";
    private const string Gbps = MetricNames.GigabitPerSecond + "1";
    private const string CpuPerGib = MetricNames.Added + MetricNames.MachineSecondsPerGib;

    /// <summary>Computes them from medians; null where a row was not measured.</summary>
    public static IReadOnlyList<Ratio> Of(ResultSet results)
    {
        return
        [
            new("same_node_kernel_rps_vs_direct", Divide(RowNames.NodeMeshKernel, RowNames.Direct, Rps), 1.7, true),
            new("same_node_kernel_gbps_vs_direct", Divide(RowNames.NodeMeshKernel, RowNames.Direct, Gbps), 4, true),
            new("same_node_rps_vs_best_peer", VersusBest(results, RowNames.NodeMesh, [RowNames.Haproxy, RowNames.Nginx], Rps, true), 1, true),
            new("same_node_cpu_per_gib_vs_haproxy", Divide(RowNames.NodeMesh, RowNames.Haproxy, CpuPerGib), 1, false),
            new("two_nodes_rps_vs_haproxy_mtls", Divide(RowNames.NodeMeshTwoNodes, RowNames.HaproxyTls, Rps), 1.2, true),
            new("two_nodes_gbps_vs_haproxy_mtls", Divide(RowNames.NodeMeshTwoNodes, RowNames.HaproxyTls, Gbps), 1, true),
            new("two_nodes_newconns_vs_haproxy_mtls", Divide(RowNames.NodeMeshTwoNodes, RowNames.HaproxyTls, MetricNames.NewConnectionsPerSecond), 8, true),
            .. OfRequests(results, "l7", RowNames.NodeMeshRequests, RowNames.HaproxyRequests, RowNames.NginxRequests),
            .. OfRequests(results, "l7_two_nodes", RowNames.NodeMeshRequestsTwoNodes, RowNames.HaproxyRequestsTls, RowNames.NginxRequestsTls),
            new("rss_idle_mb", results.Median(RowNames.NodeMeshTwoNodes, MetricNames.IdleMemory), 60, false),
            new("rss_10k_idle_mb", results.Median(RowNames.NodeMeshTwoNodes, MetricNames.LoadedMemory), 150, false),
        ];

        double? Divide(string row, string peer, string metric) => results.Median(row, metric) / results.Median(peer, metric);
    }

    private static IEnumerable<Ratio> OfRequests(ResultSet results, string prefix, string row, params string[] peers) =>
    [
        new($"{prefix}_h1_rps_vs_best_peer", VersusBest(results, row, peers, Rps, true), 0.8, true),
        new($"{prefix}_h2_rps_vs_best_peer", VersusBest(results, row, peers, MetricNames.Http2RequestsPerSecond + "32", true), 0.8, true),
        new($"{prefix}_cpu_per_request_vs_best_peer", VersusBest(results, row, peers, MetricNames.ProxyMicrosecondsPerRequest, false), 1.25, false),
        new($"{prefix}_added_p99_ms", results.Median(row, MetricNames.Added + MetricNames.HalfLoadP99) / 1000, 1, false),
    ];

    private static double? VersusBest(ResultSet results, string row, string[] peers, string metric, bool moreIsBetter)
    {
        var medians = Array.ConvertAll(peers, peer => results.Median(peer, metric));

        // With one of the peers missing nobody knows which is the better.
        return medians.Contains(null) ? null : results.Median(row, metric) / (moreIsBetter ? medians.Max() : medians.Min());
    }
}
