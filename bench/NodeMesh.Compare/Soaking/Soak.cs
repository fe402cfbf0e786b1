using System.Globalization;
using NodeMesh.Compare.Network;
using NodeMesh.Compare.Rows;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Soaking;

/// <summary>Mixed load with churned routes for minutes: does memory stay flat?</summary>
/// <param name="options">How long.</param>
/// <param name="time">The clock.</param>
/// <param name="output">Where numbers are printed.</param>
internal sealed class Soak(SoakOptions options, TimeProvider time, TextWriter output)
{
    private const double BytesPerMebibyte = 1024 * 1024;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>Runs it, and removes all that it made.</summary>
    /// <param name="cancellation">Ends it early.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var directory = Leftovers.DirectoryOfThisRun;
        var nodemesh = options.Compare.NodeMesh;
        await Leftovers.RemoveAsync(nodemesh, cancellation);
        await Command.RunAsync(["install", "-d", "-m", "0700", directory], TimeSpan.FromSeconds(5), cancellation);
        try
        {
            new PeerTemplates(directory, new Dictionary<string, string> { ["threads"] = "2" }).Write("server.conf");
            await using var mesh = await LocalMesh.StartAsync(
                nodemesh,
                $"{Leftovers.NameOfThisRun}-s",
                directory,
                ["--capture", options.Compare.Capture, "--proxy-option", "accessLog=off"],
                new Dictionary<string, string> { [RowNames.NodeMeshRequests] = "near-http", [RowNames.NodeMeshRequestsTwoNodes] = "far-http" },
                cancellation);
            await RunAsync(mesh, directory, cancellation);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private async Task RunAsync(LocalMesh mesh, string directory, CancellationToken cancellation)
    {
        var churn = new RouteChurn(mesh, options.Compare.NodeMesh, directory);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var work = mesh.Rows.ConvertAll(row => LoadAsync(row, end.Token));
        work.Add(churn.RunAsync(end.Token));
        var samples = new List<(double Minutes, double Mebibytes)>();
        var started = time.GetTimestamp();
        var proxies = mesh.Rows[^1].Proxies();
        try
        {
            while (time.GetElapsedTime(started).TotalMinutes < options.Minutes)
            {
                var wait = Task.Delay(Period, time, cancellation);
                if (await Task.WhenAny([wait, .. work]) is var first && first != wait)
                {
                    // None of it ends by itself but by a failure, which is the answer then.
                    await first;
                }

                var sizes = proxies.Select(p => ProcessTable.ResidentBytes(p) / BytesPerMebibyte).ToArray();
                samples.Add((time.GetElapsedTime(started).TotalMinutes, sizes.Max()));
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{samples[^1].Minutes,6:0.0} min  {string.Join("  ", sizes.Select(s => s.ToString("0.0 MB", CultureInfo.InvariantCulture)))}  {churn.Changes} changes of routes"));
            }
        }
        finally
        {
            await end.CancelAsync();
            await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        // In the first half code is compiled, and pools and tables grow to their size.
        var half = samples.FindAll(s => s.Minutes > options.Minutes / 2);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"slope of the second half: {Slope(half):0.00} MB per minute"));
    }

    /// <summary>The slope of the line that fits best (least squares).</summary>
    internal static double Slope(IReadOnlyList<(double X, double Y)> points)
    {
        if (points.Count < 2)
        {
            return double.NaN;
        }

        var (x, y) = (points.Average(p => p.X), points.Average(p => p.Y));
        return points.Sum(p => (p.X - x) * (p.Y - y)) / points.Sum(p => (p.X - x) * (p.X - x));
    }

    /// <summary>One kind of load after the other, without end.</summary>
    private static async Task LoadAsync(Row row, CancellationToken cancellation)
    {
        var url = $"http://{row.Endpoint.Address}:{row.Endpoint.Http.ToString(CultureInfo.InvariantCulture)}/";
        string[][] loads =
        [
            ["wrk", "-t", "1", "-c", "16", "-d", "5s", "-H", "x-bench: yes", url],
            ["h2load", "-t", "1", "-c", "8", "-m", "10", "-D", "5", "-H", "x-bench: yes", url],
            ["wrk", "-t", "1", "-c", "8", "-d", "5s", "-H", "x-bench: yes", "-H", "Connection: close", url],
        ];
        while (true)
        {
            foreach (var load in loads)
            {
                await Command.RunAsync(row.InClient(load), TimeSpan.FromSeconds(60), cancellation);
            }
        }
    }
}
