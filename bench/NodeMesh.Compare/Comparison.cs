using NodeMesh.Compare.Measuring;
using NodeMesh.Compare.Network;
using NodeMesh.Compare.Results;
using NodeMesh.Compare.Rows;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare;

/// <summary>One run: makes everything, measures row by row in turns, removes everything.</summary>
internal sealed class Comparison(CompareOptions options, TimeProvider time, TextWriter output) : IAsyncDisposable
{
    private readonly Stack<IAsyncDisposable> _made = [];
    private readonly List<Row> _rows = [];
    private readonly List<string> _omitted = [];
    private readonly ResultSet _results = new();
    private Func<int, bool> _belongsToRun = _ => false;

    public async Task RunAsync(CancellationToken cancellation)
    {
        Requirements.Check(options);
        await Leftovers.RemoveAsync(options.NodeMesh, cancellation);
        var started = time.GetUtcNow();
        var facts = await RunFacts.CollectAsync(options.NodeMesh, cancellation);
        await MakeAsync(cancellation);

        if (options.Metrics.Contains(MetricNames.Memory))
        {
            // What has only just started is not idle.
            await Task.Delay(TimeSpan.FromSeconds(10), time, cancellation);
            ForEachProxied(row => _results.Add(row.Name, 0, new(MetricNames.IdleMemory, MemoryGauge.Mebibytes(row))));
        }

        await MeasureAsync(cancellation);
        if (options.Metrics.Contains(MetricNames.Memory))
        {
            await MeasureHeldAsync(cancellation);
        }

        var report = new RunReport(started, options, facts, _results, _omitted);
        Directory.CreateDirectory(options.Output);
        ResultFile.Write(Path.Combine(options.Output, "latest.json"), report);
        await File.WriteAllTextAsync(Path.Combine(options.Output, "latest.svg"), Chart.Draw(_results), cancellation);
        Table.Write(output, report);
        output.WriteLine($"written: {Path.Combine(options.Output, "latest.json")} and latest.svg");
    }

    public async ValueTask DisposeAsync()
    {
        while (_made.TryPop(out var made))
        {
            await made.DisposeAsync();
        }

        if (Directory.Exists(Leftovers.DirectoryOfThisRun))
        {
            Directory.Delete(Leftovers.DirectoryOfThisRun, recursive: true);
        }
    }

    private async Task MakeAsync(CancellationToken cancellation)
    {
        output.WriteLine("making namespaces, servers, proxies and meshes");

        // Keys are in it: nobody else may look.
        await Command.RunAsync(["install", "-d", "-m", "0700", Leftovers.DirectoryOfThisRun], TimeSpan.FromSeconds(5), cancellation);
        var topology = await Topology.CreateAsync(Leftovers.NameOfThisRun, cancellation);
        _made.Push(topology);
        var peers = await Peers.StartAsync(topology, Leftovers.DirectoryOfThisRun, options.Rows, cancellation);
        _made.Push(peers);
        _rows.AddRange(peers.Rows);

        var namespaces = topology.Namespaces.ToList();
        var meshes = new List<string>();
        await foreach (var mesh in new Meshes(options, _omitted).StartAsync(cancellation))
        {
            _made.Push(mesh);
            _rows.AddRange(mesh.Rows);
            namespaces.AddRange(mesh.Namespaces);
            meshes.Add(mesh.Name);
        }

        _belongsToRun = (await RunProcesses.FindAsync(namespaces, meshes, cancellation)).Contains;
        _rows.Sort((a, b) => RowNames.All.ToList().IndexOf(a.Name).CompareTo(RowNames.All.ToList().IndexOf(b.Name)));
    }

    /// <summary>Round 0 warms up and is not counted: code is compiled, buffers and tables grow to their size.</summary>
    private async Task MeasureAsync(CancellationToken cancellation)
    {
        var metrics = options.Metrics.Where(metric => metric != MetricNames.Memory).ToArray();
        var warmUp = new Loads(Math.Min(1, options.Seconds), _belongsToRun);
        var loads = new Loads(options.Seconds, _belongsToRun);
        for (var round = 0; round <= options.Rounds; round++)
        {
            // A metric's rows follow each other, so that what they are compared by was measured under the same conditions.
            foreach (var metric in metrics)
            {
                output.WriteLine(round == 0 ? $"warm-up: {metric}" : $"round {round}/{options.Rounds}: {metric}");
                foreach (var row in _rows.FindAll(row => (round > 0 || !RowNames.IsBaseline(row.Name)) && MetricNames.IsFor(metric, row.Name)))
                {
                    await MeasureAsync(row, metric, round, round == 0 ? warmUp : loads, cancellation);
                }
            }

            if (round == 0)
            {
                await DropImpostorsAsync(cancellation);
            }
        }
    }

    /// <summary>After the warm-up: a row that turned out to be something else than its name says is not measured.</summary>
    private async Task DropImpostorsAsync(CancellationToken cancellation)
    {
        foreach (var row in _rows.FindAll(row => row.Obstacle is not null))
        {
            if (await row.Obstacle!(cancellation) is { } obstacle)
            {
                Omit($"{row.Name}: {obstacle}");
                _results.Remove(row.Name);
                _rows.Remove(row);
            }
        }
    }

    private async Task MeasureAsync(Row row, string metric, int round, Loads loads, CancellationToken cancellation)
    {
        try
        {
            // Half of what the mesh can do on this way, for all rows on it alike.
            var rate = _results.Last(RowNames.MeshRequestsOf(row.Name), MetricNames.RequestsPerSecond + "32") / 2;
            foreach (var measurement in await loads.RunAsync(row, metric, rate, cancellation))
            {
                if (round > 0)
                {
                    _results.Add(row.Name, round, measurement);
                }
            }
        }
        catch (CompareException exception)
        {
            Omit($"{row.Name}, {metric}, round {round}: {exception.Message}");
        }
    }

    /// <summary>Last, since it leaves the proxies with all the memory that they took.</summary>
    private async Task MeasureHeldAsync(CancellationToken cancellation)
    {
        foreach (var row in _rows.Where(row => !RowNames.IsBaseline(row.Name) && MetricNames.IsFor(MetricNames.Memory, row.Name)))
        {
            if (MemoryGauge.Obstacle(row) is { } obstacle)
            {
                Omit(obstacle);
                continue;
            }

            output.WriteLine($"{MemoryGauge.Connections} idle connections: {row.Name}");
            try
            {
                _results.Add(row.Name, 0, new(MetricNames.LoadedMemory, await MemoryGauge.MeasureHeldAsync(row, cancellation)));
            }
            catch (CompareException exception)
            {
                Omit($"{row.Name}, {MetricNames.LoadedMemory}: {exception.Message}");
            }
        }
    }

    private void ForEachProxied(Action<Row> action) => _rows.FindAll(row => !RowNames.IsBaseline(row.Name) && MetricNames.IsFor(MetricNames.Memory, row.Name)).ForEach(action);

    private void Omit(string sentence)
    {
        _omitted.Add(sentence);
        output.WriteLine($"omitted: {sentence}");
    }
}
