using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using NodeMesh.Compare.Load;
using NodeMesh.Compare.Rows;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Measuring;

/// <summary>Runs one load against one row and reads its numbers.</summary>
/// <param name="seconds">How long each load runs.</param>
/// <param name="belongsToRun">Tells the run's processes from all others.</param>
internal sealed partial class Loads(double seconds, Func<int, bool> belongsToRun)
{
    /// <summary>Requests per second in the latency row: well below what the slowest row can do, so that queues stay empty.</summary>
    private const int LatencyRate = 1000;

    private const double BytesPerGib = 1024.0 * 1024 * 1024;

    /// <summary>Measures a row once.</summary>
    /// <returns>The measurements; none for a metric that has no load of its own.</returns>
    public async Task<IReadOnlyList<Measurement>> RunAsync(Row row, string metric, CancellationToken cancellation) => metric switch
    {
        MetricNames.Rps1 => await RequestsAsync(row, 1, false, cancellation),
        MetricNames.Rps32 => await RequestsAsync(row, 32, false, cancellation),
        MetricNames.Rps256 => await RequestsAsync(row, 256, false, cancellation),
        MetricNames.NewConnections => await RequestsAsync(row, 32, true, cancellation),
        MetricNames.Gbps1 => await BulkAsync(row, 1, cancellation),
        MetricNames.Gbps8 => await BulkAsync(row, 8, cancellation),
        MetricNames.Latency => await LatencyAsync(row, cancellation),
        _ => [],
    };

    internal static WrkResult ReadWrk(string output)
    {
        var rate = RatePattern().Match(output);
        var count = CountPattern().Match(output);
        if (!rate.Success || !count.Success)
        {
            throw new CompareException($"wrk said nothing of its rate: {output}");
        }

        var errors = ErrorPattern().Match(output);
        var refused = errors.Success ? errors.Groups.Values.Skip(1).Sum(group => Number(group.Value)) : 0;
        return new WrkResult(Number(rate.Groups[1].Value), Number(count.Groups[1].Value), refused);
    }

    /// <summary>Bits per second that arrived, and bytes.</summary>
    internal static (double BitsPerSecond, double Bytes) ReadIperf(string output)
    {
        using var json = JsonDocument.Parse(output);
        if (json.RootElement.TryGetProperty("error", out var error))
        {
            throw new CompareException($"iperf3: {error.GetString()}");
        }

        var received = json.RootElement.GetProperty("end").GetProperty("sum_received");
        return (received.GetProperty("bits_per_second").GetDouble(), received.GetProperty("bytes").GetDouble());
    }

    private async Task<IReadOnlyList<Measurement>> RequestsAsync(Row row, int connections, bool close, CancellationToken cancellation)
    {
        // wrk counts whole seconds.
        var duration = Text(Math.Max(1, Math.Ceiling(seconds)));
        string[] header = close ? ["-H", "Connection: close"] : [];
        IReadOnlyList<string> command =
            ["wrk", "-t", Text(Math.Min(connections, 2)), "-c", Text(connections), "-d", duration + "s", .. header, Url(row)];
        var (output, cpu) = await MeteredAsync(row, command, cancellation);
        var result = ReadWrk(output);

        // A row that fails some requests may be fast for it: its number would be no number.
        if (result.Errors > 0.001 * result.Requests)
        {
            throw new CompareException($"row {row.Name}: {Text(result.Errors)} of {Text(result.Requests)} requests failed: {output}");
        }

        if (close)
        {
            return [new(MetricNames.NewConnectionsPerSecond, result.PerSecond)];
        }

        var rate = new Measurement(MetricNames.RequestsPerSecond + Text(connections), result.PerSecond);
        return connections != 32
            ? [rate]
            : [
                rate,
                new(MetricNames.MachineMicrosecondsPerRequest, cpu.Machine * 1e6 / result.Requests),
                new(MetricNames.ProxyMicrosecondsPerRequest, cpu.Proxy * 1e6 / result.Requests),
                new(MetricNames.ForeignCpu, Share(cpu)),
            ];
    }

    private async Task<IReadOnlyList<Measurement>> BulkAsync(Row row, int streams, CancellationToken cancellation)
    {
        IReadOnlyList<string> command =
            ["iperf3", "-J", "-c", row.Endpoint.Address, "-p", Text(row.Endpoint.Iperf), "-t", Text(Math.Max(1, Math.Round(seconds))), "-P", Text(streams)];
        var (output, cpu) = await MeteredAsync(row, command, cancellation);
        var (bits, bytes) = ReadIperf(output);
        var rate = new Measurement(MetricNames.GigabitPerSecond + Text(streams), bits / 1e9);
        return streams != 1
            ? [rate]
            : [
                rate,
                new(MetricNames.MachineSecondsPerGib, cpu.Machine * BytesPerGib / bytes),
                new(MetricNames.ProxySecondsPerGib, cpu.Proxy * BytesPerGib / bytes),
                new(MetricNames.ForeignCpu, Share(cpu)),
            ];
    }

    private async Task<IReadOnlyList<Measurement>> LatencyAsync(Row row, CancellationToken cancellation)
    {
        var command = LoadProgram.Command("rate", row.Endpoint.Address, Text(row.Endpoint.Http), Text(LatencyRate), Text(seconds));
        var output = await Command.RunAsync(row.InClient(command), Limit, cancellation);
        var numbers = output.Split(' ').Select(Number).ToArray();
        return [new(MetricNames.LatencyP50, numbers[0]), new(MetricNames.LatencyP99, numbers[1])];
    }

    private TimeSpan Limit => TimeSpan.FromSeconds((seconds * 3) + 20);

    private async Task<(string Output, CpuUse Cpu)> MeteredAsync(Row row, IReadOnlyList<string> command, CancellationToken cancellation)
    {
        var meter = CpuMeter.Start([.. row.Proxies().SelectMany(ids => ids)], belongsToRun);
        var output = await Command.RunAsync(row.InClient(command), Limit, cancellation);
        return (output, meter.Stop());
    }

    private static string Url(Row row) => $"http://{row.Endpoint.Address}:{Text(row.Endpoint.Http)}/";

    private static double Share(CpuUse cpu) => cpu.Foreign / Math.Max(0.01, cpu.Foreign + cpu.Machine);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex RatePattern();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex CountPattern();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex ErrorPattern();
}
