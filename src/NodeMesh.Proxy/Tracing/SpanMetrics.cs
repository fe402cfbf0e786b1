using System.Diagnostics.Metrics;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace NodeMesh.Proxy.Tracing;

/// <summary>Counts spans.</summary>
internal sealed class SpanMetrics : IDisposable
{
    private readonly Meter _meter = new("NodeMesh.Proxy.Tracing");
    private readonly Counter<long> _exported;
    private readonly Counter<long> _dropped;

    /// <summary>Begins to count.</summary>
    public SpanMetrics()
    {
        _exported = _meter.CreateCounter<long>("nodemesh_spans_exported_total", description: "Spans that the collector took.");
        _dropped = _meter.CreateCounter<long>("nodemesh_spans_dropped_total", description: "Spans that were lost, by reason.");
    }

    /// <summary>Spans arrived.</summary>
    /// <param name="count">How many.</param>
    public void Exported(long count) => _exported.Add(count);

    /// <summary>Spans were lost.</summary>
    /// <param name="count">How many.</param>
    /// <param name="reason">Why.</param>
    public void Dropped(long count, string reason) => _dropped.Add(count, new Tag("reason", reason));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();
}
