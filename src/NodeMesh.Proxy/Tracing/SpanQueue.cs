using System.Diagnostics;
using OpenTelemetry;

namespace NodeMesh.Proxy.Tracing;

/// <summary>The SDK's queue of spans, with a count of those that find it full: they are dropped, and requests go on.</summary>
internal sealed class SpanQueue : BatchActivityExportProcessor
{
    /// <summary>Spans that wait at most; some 2 KiB each.</summary>
    private const int Limit = 2048;

    private const int BatchSize = 512;

    private readonly SpanExporter _exporter;
    private readonly SpanMetrics _metrics;

    /// <summary>Begins to take spans.</summary>
    /// <param name="exporter">Sends them.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="interval">Milliseconds between two exports.</param>
    /// <param name="limit">Milliseconds for an export.</param>
    public SpanQueue(SpanExporter exporter, SpanMetrics metrics, int interval, int limit)
        : base(exporter, Limit, interval, limit, BatchSize) => (_exporter, _metrics) = (exporter, metrics);

    /// <inheritdoc/>
    public override void OnEnd(Activity data)
    {
        if (_exporter.TryReserve(Limit))
        {
            base.OnEnd(data);
        }
        else
        {
            _metrics.Dropped(1, "queue_full");
        }
    }
}
