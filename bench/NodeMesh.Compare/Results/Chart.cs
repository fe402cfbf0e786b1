using System.Globalization;
using System.Text;
using NodeMesh.Compare.Measuring;
using NodeMesh.Compare.Rows;

namespace NodeMesh.Compare.Results;

/// <summary><c>latest.svg</c>: a panel of bars for each metric that was measured.</summary>
internal static class Chart
{
    private const int PanelWidth = 460;
    private const int LabelWidth = 130;
    private const int BarHeight = 18;
    private const int BarStep = 24;
    private const int Margin = 20;

    private static readonly (string Metric, string Title)[] Panels =
    [
        (MetricNames.RequestsPerSecond + "32", "requests/s, 32 connections"),
        (MetricNames.NewConnectionsPerSecond, "new connections/s"),
        (MetricNames.GigabitPerSecond + "1", "Gbit/s, one stream"),
        (MetricNames.Added + MetricNames.MachineMicrosecondsPerRequest, "added CPU, µs per request"),
        (MetricNames.Added + MetricNames.MachineMicrosecondsPerConnection, "added CPU, µs per new connection"),
        (MetricNames.Added + MetricNames.MachineSecondsPerGib, "added CPU, s per GiB"),
        (MetricNames.Added + MetricNames.LatencyP99, "added latency, p99 µs"),
        (MetricNames.IdleMemory, "memory, idle, MB"),
        (MetricNames.LoadedMemory, "memory, 10,000 idle connections, MB"),
    ];

    public static string Draw(ResultSet results)
    {
        var panels = Panels.Select(panel => (panel.Title, Bars: Bars(results, panel.Metric))).Where(panel => panel.Bars.Count > 0).ToArray();
        var panelHeight = 50 + (BarStep * RowNames.All.Count);
        var rows = (panels.Length + 1) / 2;
        var svg = new StringBuilder();
        Append(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{(2 * PanelWidth) + (3 * Margin)}\" height=\"{(rows * panelHeight) + Margin}\" font-family=\"sans-serif\" font-size=\"12\">");
        svg.AppendLine("<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>");
        for (var index = 0; index < panels.Length; index++)
        {
            Append(svg, $"<g transform=\"translate({Margin + (index % 2 * (PanelWidth + Margin))},{Margin + (index / 2 * panelHeight)})\">");
            Append(svg, $"<text y=\"12\" font-size=\"14\" font-weight=\"bold\">{panels[index].Title}</text>");
            DrawBars(svg, panels[index].Bars);
            svg.AppendLine("</g>");
        }

        return svg.AppendLine("</svg>").ToString();
    }

    private static void DrawBars(StringBuilder svg, List<(string Row, double Value)> bars)
    {
        var most = Math.Max(bars.Max(bar => bar.Value), double.Epsilon);
        var y = 24;
        foreach (var (row, value) in bars)
        {
            // A difference of two noisy numbers may come out below nothing: it is said, and drawn as nothing.
            var width = Math.Max(0, value / most) * (PanelWidth - LabelWidth - 70);
            Append(svg, $"<text x=\"{LabelWidth - 6}\" y=\"{y + 13}\" text-anchor=\"end\">{row}</text>");
            Append(svg, $"<rect x=\"{LabelWidth}\" y=\"{y}\" width=\"{width:0.0}\" height=\"{BarHeight}\" fill=\"{Colour(row)}\"/>");
            Append(svg, $"<text x=\"{LabelWidth + width + 5:0.0}\" y=\"{y + 13}\">{Text(value)}</text>");
            y += BarStep;
        }
    }

    private static List<(string Row, double Value)> Bars(ResultSet results, string metric) =>
        [.. RowNames.All.Select(row => (Row: row, Value: results.Median(row, metric))).Where(bar => bar.Value is { } value && double.IsFinite(value)).Select(bar => (bar.Row, bar.Value!.Value))];

    private static string Colour(string row) => RowNames.IsMesh(row) ? "#2a78d6" : RowNames.IsBaseline(row) ? "#8a8f98" : "#d9a441";

    private static string Text(double value) => value.ToString(Math.Abs(value) >= 100 ? "0" : "0.00", CultureInfo.InvariantCulture);

    private static void Append(StringBuilder svg, FormattableString line) => svg.AppendLine(line.ToString(CultureInfo.InvariantCulture));
}
