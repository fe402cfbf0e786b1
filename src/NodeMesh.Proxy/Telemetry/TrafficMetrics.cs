using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using NodeMesh.Metrics;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>
/// The <c>istio_tcp_*</c> metrics. The copy loops count into the connection's record alone; a scrape, and the end of the connection, move what is new into
/// the metrics, so bytes are visible while they flow and cost the data path nothing.
/// </summary>
internal sealed class TrafficMetrics : IConnectionObserver, IDisposable
{
    /// <summary>Index of <c>istio_tcp_received_bytes_total</c>.</summary>
    internal const int Received = 2;

    /// <summary>Index of <c>istio_tcp_sent_bytes_total</c>.</summary>
    internal const int Sent = 3;

    private const int Opened = 0;
    private const int Closed = 1;

    private readonly ConcurrentDictionary<long, OpenConnectionCounters> _open = new();
    private readonly RecentSeries _recent = new();
    private readonly CounterGroup _traffic;
    private readonly CounterGroup _failed;
    private readonly MeshState _mesh;
    private readonly Meter _meter = new("NodeMesh.Proxy.Traffic");
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _dryRun;
    private KnownWorkloads _known = new(MeshModel.Empty, []);

    /// <summary>Adds the metrics.</summary>
    /// <param name="registry">Where to.</param>
    /// <param name="mesh">The model: series of workloads that it no longer knows are dropped after a while.</param>
    public TrafficMetrics(MetricRegistry registry, MeshState mesh)
    {
        _mesh = mesh;
        _traffic = registry.AddCounters(
            [
                new("istio_tcp_connections_opened_total", "Connections opened."),
                new("istio_tcp_connections_closed_total", "Connections closed."),
                new("istio_tcp_received_bytes_total", "Bytes received in the request direction."),
                new("istio_tcp_sent_bytes_total", "Bytes sent in the response direction."),
            ],
            TrafficLabels.Names,
            IsGone);
        _failed = registry.AddCounters([new("istio_tcp_connections_failed_total", "Connections that were refused or could not be made.")], TrafficLabels.Names, IsGone);
        _refusals = _meter.CreateCounter<long>("nodemesh_policy_refusals_total", description: "Connections that a policy refused, by policy; 'none matched' where no ALLOW policy matched.");
        _dryRun = _meter.CreateCounter<long>("nodemesh_policy_dry_run_refusals_total", description: "Connections that a dry-run policy would have refused.");
        registry.BeforeScrape(Flush);
    }

    /// <inheritdoc/>
    void IConnectionObserver.Opened(ConnectionRecord connection)
    {
        if (connection.CarriesRequests)
        {
            return;
        }

        var handle = HoldTraffic(connection);
        handle.Add(Opened);
        _open[connection.Id] = new OpenConnectionCounters(connection.Bytes, handle);
        foreach (var policy in connection.DryRunRefusals)
        {
            _dryRun.Add(1, new KeyValuePair<string, object?>("policy", policy.ToString()));
        }
    }

    /// <inheritdoc/>
    void IConnectionObserver.Closed(ConnectionRecord connection)
    {
        if (_open.TryRemove(connection.Id, out var counters))
        {
            counters.Flush();
            counters.Handle.Add(Closed);
            _traffic.Release(counters.Handle);
        }

        var flags = ResponseFlags.Of(connection.EndReason);
        if (flags != ResponseFlags.None && !connection.CarriesRequests)
        {
            var failed = Hold(_failed, connection, flags);
            failed.Add(0);
            _failed.Release(failed);
        }

        if (connection.EndReason is ConnectionEndReason.PolicyDenied or ConnectionEndReason.PolicyDeniedLate)
        {
            _refusals.Add(
                1,
                new KeyValuePair<string, object?>("policy", connection.RefusedBy?.ToString() ?? "none matched"),
                new KeyValuePair<string, object?>("live", connection.EndReason == ConnectionEndReason.PolicyDeniedLate ? "true" : "false"));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private CounterHandle HoldTraffic(ConnectionRecord connection)
    {
        if (_recent.Find(connection) is { } known && _traffic.TryHold(known))
        {
            return known;
        }

        var handle = Hold(_traffic, connection, ResponseFlags.None);
        _recent.Remember(connection, handle);
        return handle;
    }

    private static CounterHandle Hold(CounterGroup group, ConnectionRecord connection, string flags)
    {
        var labels = new string[TrafficLabels.Names.Length];
        TrafficLabels.Write(connection, flags, labels);
        return group.Hold(labels);
    }

    private void Flush()
    {
        foreach (var counters in _open.Values)
        {
            counters.Flush();
        }
    }

    /// <summary>A series is gone when an end that it names is in the model no longer. Called while scraping, one at a time, and when the limit of series is reached.</summary>
    internal bool IsGone(IReadOnlyList<string> labels)
    {
        var known = _known;
        var model = _mesh.Current;
        if (!ReferenceEquals(known.Model, model))
        {
            known = new KnownWorkloads(model, [.. model.Workloads.Select(w => (w.Namespace, w.WorkloadName))]);
            _known = known;
        }

        var (source, destination) = TrafficLabels.Ends(labels);
        return IsAbsent(source) || IsAbsent(destination);

        bool IsAbsent((string Namespace, string Workload) end) => end.Workload != "unknown" && !known.Names.Contains(end);
    }

    private sealed record KnownWorkloads(MeshModel Model, HashSet<(string Namespace, string Workload)> Names);
}
