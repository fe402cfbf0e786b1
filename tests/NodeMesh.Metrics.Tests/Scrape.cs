using System.Buffers;
using System.Text;

namespace NodeMesh.Metrics.Tests;

internal static class Scrape
{
    public static string Text(MetricRegistry registry, MetricsFormat format = MetricsFormat.PrometheusText)
    {
        var buffer = new ArrayBufferWriter<byte>();
        registry.Write(buffer, format);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The lines about one metric.</summary>
    public static string[] Lines(MetricRegistry registry, string metric, MetricsFormat format = MetricsFormat.PrometheusText) =>
        [.. Text(registry, format).Split('\n').Where(l => l.Contains(metric, StringComparison.Ordinal))];
}
