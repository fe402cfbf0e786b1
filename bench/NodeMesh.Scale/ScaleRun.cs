using System.Diagnostics;
using System.Globalization;

namespace NodeMesh.Scale;

/// <summary>The run: two nodes, then all of them.</summary>
internal sealed class ScaleRun(ScaleOptions options, SimulatedCluster cluster, ControlProcess control, TextWriter output, TextWriter progress)
{
    /// <summary>A change that nobody has heard of by then is an error, not a measurement.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>So that the gathering of changes begins anew for each.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    // The same pods in every run.
    private readonly Random _random = new(1);
    private readonly List<Subscriber> _subscribers = [];

    public async Task RunAsync(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        await output.WriteLineAsync("From before the write to the API server until a proxy's client has taken the pod's change:");
        await output.WriteLineAsync("| nodes | pods | change known to a proxy, p50 | p99 | to the last of all, p50 | p99 | slowest | CPU of the control plane per change | its memory |");
        await output.WriteLineAsync("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
        try
        {
            foreach (var nodes in (int[])[2, options.Nodes])
            {
                await cluster.GrowAsync(nodes, ct);
                var grown = Stopwatch.GetElapsedTime(began);
                await SubscribeAsync(nodes, ct);
                await progress.WriteLineAsync(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{nodes} nodes, {cluster.PodCount} pods: made after {grown.TotalSeconds:F0} s, known to all proxies after {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s"));

                // Some that are not counted: code that runs for the first time, and what is left of the growth.
                await MeasureAsync(10, ct);
                var before = control.Usage();
                var changes = await MeasureAsync(nodes == 2 ? Math.Max(10, options.Changes / 10) : options.Changes, ct);
                Report(changes, before.CpuSeconds);
            }
        }
        finally
        {
            foreach (var subscriber in _subscribers)
            {
                await subscriber.DisposeAsync();
            }
        }
    }

    private async Task SubscribeAsync(int nodes, CancellationToken ct)
    {
        var roots = await control.RootsAsync(ct);
        var tokens = await cluster.ProxyTokensAsync(_subscribers.Count, nodes, ct);
        for (var node = _subscribers.Count; node < nodes; node++)
        {
            _subscribers.Add(new Subscriber(node, tokens[node], roots));
        }

        foreach (var subscriber in _subscribers)
        {
            await subscriber.WaitAsync(ct);
        }
    }

    private async Task<List<PodChange>> MeasureAsync(int count, CancellationToken ct)
    {
        var changes = new List<PodChange>();
        for (var i = 0; i < count; i++)
        {
            // Down and up again: all are ready when it ends.
            var pod = _random.Next(cluster.PodCount);
            foreach (var ready in (bool[])[false, true])
            {
                var change = new PodChange(SimulatedCluster.Uid(pod), ready, _subscribers.Count);
                _subscribers.ForEach(s => s.Expect(change));
                await cluster.SetReadyAsync(pod, ready, ct);
                await change.All.WaitAsync(Patience, ct);
                changes.Add(change);
                await Task.Delay(Pause, ct);
            }
        }

        return changes;
    }

    private void Report(List<PodChange> changes, double cpuBefore)
    {
        var (cpu, memory) = control.Usage();
        List<double> each = [.. changes.SelectMany(c => c.Heard).Order()];
        List<double> last = [.. changes.Select(c => c.Heard.Max()).Order()];
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {cluster.NodeCount} | {cluster.PodCount} | {Percentile(each, 50):F0} ms | {Percentile(each, 99):F0} ms | {Percentile(last, 50):F0} ms | {Percentile(last, 99):F0} ms | {last[^1]:F0} ms | {(cpu - cpuBefore) * 1000 / changes.Count:F0} ms | {memory:F0} MiB |"));
    }

    private static double Percentile(List<double> sorted, int percent) => sorted[Math.Min(sorted.Count - 1, sorted.Count * percent / 100)];
}
