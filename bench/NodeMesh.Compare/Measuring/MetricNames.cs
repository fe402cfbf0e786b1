using NodeMesh.Compare.Rows;

namespace NodeMesh.Compare.Measuring;

/// <summary>What is asked for (<c>--metrics</c>) and what comes of it (<c>latest.json</c>).</summary>
internal static class MetricNames
{
    public const string Rps1 = "rps1";
    public const string Rps32 = "rps32";
    public const string Rps256 = "rps256";
    public const string Http2Rps1 = "h2rps1";
    public const string Http2Rps32 = "h2rps32";
    public const string Http2Rps256 = "h2rps256";
    public const string HalfLoad = "halfload";
    public const string NewConnections = "newconns";
    public const string Gbps1 = "gbps1";
    public const string Gbps8 = "gbps8";
    public const string Latency = "latency";
    public const string Memory = "rss";

    public const string RequestsPerSecond = "requests_per_s_";
    public const string NewConnectionsPerSecond = "new_connections_per_s";
    public const string GigabitPerSecond = "gbit_per_s_";
    public const string Http2RequestsPerSecond = "http2_requests_per_s_";
    public const string HalfLoadP50 = "half_load_p50_us";
    public const string HalfLoadP99 = "half_load_p99_us";
    public const string HalfLoadRate = "half_load_requests_per_s";
    public const string LatencyP50 = "latency_p50_us";
    public const string LatencyP99 = "latency_p99_us";
    public const string MachineMicrosecondsPerRequest = "machine_cpu_us_per_request";
    public const string ProxyMicrosecondsPerRequest = "proxy_processes_cpu_us_per_request";
    public const string MachineMicrosecondsPerConnection = "machine_cpu_us_per_new_connection";
    public const string ProxyMicrosecondsPerConnection = "proxy_processes_cpu_us_per_new_connection";
    public const string MachineSecondsPerGib = "machine_cpu_s_per_gib";
    public const string ProxySecondsPerGib = "proxy_processes_cpu_s_per_gib";
    public const string Http2ProxyMicrosecondsPerRequest = "http2_proxy_processes_cpu_us_per_request";
    public const string ForeignCpu = "foreign_cpu_share";
    public const string IdleMemory = "rss_idle_mb";
    public const string LoadedMemory = "rss_10k_idle_mb";

    /// <summary>What is left when the cost of the same row without a proxy is taken off, sample by sample of the same round.</summary>
    public const string Added = "added_";

    public static readonly IReadOnlyList<string> All = [Rps1, Rps32, Rps256, Http2Rps1, Http2Rps32, Http2Rps256, NewConnections, Gbps1, Gbps8, Latency, HalfLoad, Memory];

    public static readonly IReadOnlyList<string> Quick = [Rps32, Http2Rps32, NewConnections, Gbps1, HalfLoad, Memory];

    /// <summary>Whether a metric says anything of a row.</summary>
    public static bool IsFor(string metric, string row) => metric switch
    {
        Http2Rps1 or Http2Rps32 or Http2Rps256 => RowNames.SeesRequests(row),
        HalfLoad => RowNames.SeesRequests(row) || RowNames.IsBaseline(row),

        // Connections and bulk are the other rows' business, and a mesh's proxies have one memory.
        NewConnections or Gbps1 or Gbps8 or Memory => !RowNames.SeesRequests(row),
        _ => true,
    };
}
