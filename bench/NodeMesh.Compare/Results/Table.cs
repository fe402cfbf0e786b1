using System.Globalization;
using NodeMesh.Compare.Measuring;
using NodeMesh.Compare.Rows;

namespace NodeMesh.Compare.Results;

/// <summary>What a run prints at its end.</summary>
internal static class Table
{
    private static readonly (string Metric, string Title, string Format)[] Columns =
    [
        (MetricNames.RequestsPerSecond + "1", "req/s 1", "0"),
        (MetricNames.RequestsPerSecond + "32", "req/s 32", "0"),
        (MetricNames.RequestsPerSecond + "256", "req/s 256", "0"),
        (MetricNames.Http2RequestsPerSecond + "1", "h2 1", "0"),
        (MetricNames.Http2RequestsPerSecond + "32", "h2 32", "0"),
        (MetricNames.Http2RequestsPerSecond + "256", "h2 256", "0"),
        (MetricNames.NewConnectionsPerSecond, "conn/s", "0"),
        (MetricNames.GigabitPerSecond + "1", "Gbit/s 1", "0.00"),
        (MetricNames.GigabitPerSecond + "8", "Gbit/s 8", "0.00"),
        (MetricNames.Added + MetricNames.LatencyP50, "+p50 µs", "0"),
        (MetricNames.Added + MetricNames.LatencyP99, "+p99 µs", "0"),
        (MetricNames.Added + MetricNames.HalfLoadP50, "+p50 half", "0"),
        (MetricNames.Added + MetricNames.HalfLoadP99, "+p99 half", "0"),
        (MetricNames.Added + MetricNames.MachineMicrosecondsPerRequest, "+µs/req", "0.0"),
        (MetricNames.ProxyMicrosecondsPerRequest, "own µs/req", "0.0"),
        (MetricNames.Http2ProxyMicrosecondsPerRequest, "own h2", "0.0"),
        (MetricNames.Added + MetricNames.MachineMicrosecondsPerConnection, "+µs/conn", "0.0"),
        (MetricNames.ProxyMicrosecondsPerConnection, "own µs/conn", "0.0"),
        (MetricNames.Added + MetricNames.MachineSecondsPerGib, "+s/GiB", "0.00"),
        (MetricNames.ProxySecondsPerGib, "own s/GiB", "0.00"),
        (MetricNames.IdleMemory, "MB idle", "0"),
        (MetricNames.LoadedMemory, "MB 10k", "0"),
        (MetricNames.ForeignCpu, "foreign", "0%"),
    ];

    public static void Write(TextWriter output, RunReport report)
    {
        var columns = Columns.Where(column => report.Options.Rows.Any(row => report.Results.Median(row, column.Metric) is not null)).ToArray();
        output.WriteLine();
        output.WriteLine("row".PadRight(18) + string.Concat(columns.Select(column => column.Title.PadLeft(12))));
        foreach (var row in report.Options.Rows.Where(row => report.Results.Of(row).Count > 0))
        {
            output.WriteLine(row.PadRight(18) + string.Concat(columns.Select(column => Cell(report.Results.Median(row, column.Metric), column.Format).PadLeft(12))));
        }

        WriteVersusBaseline(output, report);
        output.WriteLine();
        output.WriteLine("ratio".PadRight(40) + "value".PadLeft(9) + "target".PadLeft(12));
        foreach (var ratio in Ratios.Of(report.Results).Where(ratio => ratio.Value is not null))
        {
            var target = (ratio.AtLeast ? "at least " : "at most ") + ratio.Target.ToString(CultureInfo.InvariantCulture);
            output.WriteLine(ratio.Name.PadRight(40) + Cell(ratio.Value, "0.00").PadLeft(9) + target.PadLeft(15) + (ratio.IsMet == true ? "  met" : "  not met"));
        }

        foreach (var sentence in report.Omitted)
        {
            output.WriteLine($"omitted: {sentence}");
        }
    }

    /// <summary>Each row against the same way without a proxy.</summary>
    private static void WriteVersusBaseline(TextWriter output, RunReport report)
    {
        var columns = Columns[..9].Where(column => report.Options.Rows.Any(row => Versus(row, column.Metric) is not null)).ToArray();
        if (columns.Length == 0)
        {
            return;
        }

        output.WriteLine();
        output.WriteLine("× no proxy".PadRight(18) + string.Concat(columns.Select(column => column.Title.PadLeft(12))));
        foreach (var row in report.Options.Rows.Where(row => !RowNames.IsBaseline(row) && report.Results.Of(row).Count > 0))
        {
            output.WriteLine(row.PadRight(18) + string.Concat(columns.Select(column => Cell(Versus(row, column.Metric), "0.00").PadLeft(12))));
        }

        double? Versus(string row, string metric) =>
            RowNames.IsBaseline(row) ? null : report.Results.Median(row, metric) / report.Results.Median(RowNames.BaselineOf(row), metric);
    }

    private static string Cell(double? value, string format) => value is { } number && double.IsFinite(number) ? number.ToString(format, CultureInfo.InvariantCulture) : "-";
}
