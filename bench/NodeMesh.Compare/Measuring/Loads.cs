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
    /// <param name="row">The row.</param>
    /// <param name="metric">What is measured.</param>
    /// <param name="halfLoad">Requests per second of half a load; null where nobody knows.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The measurements; none for a metric that has no load of its own.</returns>
    public async Task<IReadOnlyList<Measurement>> RunAsync(Row row, string metric, double? halfLoad, CancellationToken cancellation) => metric switch
    {
        MetricNames.Rps1 => await RequestsAsync(row, 1, false, cancellation),
        MetricNames.Rps32 => await RequestsAsync(row, 32, false, cancellation),
        MetricNames.Rps256 => await RequestsAsync(row, 256, false, cancellation),
        MetricNames.Http2Rps1 => await Http2Async(row, 1, cancellation),
        MetricNames.Http2Rps32 => await Http2Async(row, 32, cancellation),
        MetricNames.Http2Rps256 => await Http2Async(row, 256, cancellation),
        MetricNames.HalfLoad => await HalfLoadAsync(row, (int)(halfLoad ?? LatencyRate), cancellation),
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

    internal static WrkResult ReadH2Load(string output)
    {
        var rate = H2LoadRatePattern().Match(output);
        var counts = H2LoadCountPattern().Match(output);
        return rate.Success && counts.Success
            ? new WrkResult(Number(rate.Groups[1].Value), Number(counts.Groups[1].Value), Number(counts.Groups[2].Value) + Number(counts.Groups[3].Value) + Number(counts.Groups[4].Value))
            : throw new CompareException($"h2load said nothing of its rate: {output}");
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
        string[] header = [.. close ? ["-H", "Connection: close"] : Array.Empty<string>(), .. Headers(row)];
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
            return
            [
                new(MetricNames.NewConnectionsPerSecond, result.PerSecond),
                new(MetricNames.MachineMicrosecondsPerConnection, cpu.Machine * 1e6 / result.Requests),
                new(MetricNames.ProxyMicrosecondsPerConnection, cpu.Proxy * 1e6 / result.Requests),
                new(MetricNames.ForeignCpu, Share(cpu)),
            ];
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

    /// <summary>One request at a time on each connection, as in the rows of HTTP/1.1: as many are under way.</summary>
    private async Task<IReadOnlyList<Measurement>> Http2Async(Row row, int connections, CancellationToken cancellation)
    {
        var duration = Text(Math.Max(1, Math.Ceiling(seconds)));
        IReadOnlyList<string> command =
            ["h2load", "-t", Text(Math.Min(connections, 2)), "-c", Text(connections), "-m", "1", "-D", duration, .. Headers(row), Url(row, row.Endpoint.Http2)];
        var (output, cpu) = await MeteredAsync(row, command, cancellation);
        var result = ReadH2Load(output);
        if (result.Errors > 0.001 * result.Requests || result.Requests == 0)
        {
            throw new CompareException($"row {row.Name}: {Text(result.Errors)} of {Text(result.Requests)} requests failed: {output}");
        }

        var rate = new Measurement(MetricNames.Http2RequestsPerSecond + Text(connections), result.PerSecond);
        return connections != 32 ? [rate] : [rate, new(MetricNames.Http2ProxyMicrosecondsPerRequest, cpu.Proxy * 1e6 / result.Requests)];
    }

    private async Task<IReadOnlyList<Measurement>> HalfLoadAsync(Row row, int perSecond, CancellationToken cancellation)
    {
        var command = LoadProgram.Command("rate", row.Endpoint.Address, Text(row.Endpoint.Http), Text(perSecond), Text(seconds), "32");
        var output = await Command.RunAsync(row.InClient(command), Limit, cancellation);
        var numbers = output.Split(' ').Select(Number).ToArray();
        return [new(MetricNames.HalfLoadRate, perSecond), new(MetricNames.HalfLoadP50, numbers[0]), new(MetricNames.HalfLoadP99, numbers[1])];
    }

    /// <summary>The header by which the rows of requests choose their route.</summary>
    private static string[] Headers(Row row) => RowNames.SeesRequests(row.Name) ? ["-H", "x-bench: yes"] : [];

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

    private static string Url(Row row, int? port = null) => $"http://{row.Endpoint.Address}:{Text(port ?? row.Endpoint.Http)}/";

    private static double Share(CpuUse cpu) => cpu.Foreign / Math.Max(0.01, cpu.Foreign + cpu.Machine);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex RatePattern();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex CountPattern();

    [GeneratedRegex(@"finished in [\d.]+m?s, ([\d.]+) req/s")]
    private static partial Regex H2LoadRatePattern();

    [GeneratedRegex(@"(\d+) succeeded, (\d+) failed, (\d+) errored, (\d+) timeout")]
    private static partial Regex H2LoadCountPattern();

    [GeneratedRegex(@"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)")]
    private static partial Regex ErrorPattern();
}
