using System.Diagnostics;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;

namespace NodeMesh.Proxy.Tracing;

/// <summary>Sends spans, counts them, and says when a collector ceases to take them and when it takes them again.</summary>
internal sealed partial class SpanExporter : OtlpTraceExporter
{
    private readonly Uri _endpoint;
    private readonly SpanMetrics _metrics;
    private readonly ILogger _log;
    private long _waiting;
    private bool _isFailing;

    /// <summary>Makes an exporter.</summary>
    /// <param name="options">Where to.</param>
    /// <param name="endpoint">The same, as the configuration has it.</param>
    /// <param name="metrics">Counts.</param>
    /// <param name="log">The log.</param>
    public SpanExporter(OtlpExporterOptions options, Uri endpoint, SpanMetrics metrics, ILogger<SpanExporter> log)
        : base(options) => (_endpoint, _metrics, _log) = (endpoint, metrics, log);

    /// <summary>Counts a span that is about to wait.</summary>
    /// <param name="limit">How many may wait.</param>
    /// <returns>False when so many do.</returns>
    public bool TryReserve(int limit)
    {
        if (Interlocked.Increment(ref _waiting) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _waiting);
        return false;
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Activity> activityBatch)
    {
        var count = activityBatch.Count;
        var result = base.Export(activityBatch);

        // Only now: those under way are as many more in memory.
        Interlocked.Add(ref _waiting, -count);
        var failed = result != ExportResult.Success;
        if (failed)
        {
            _metrics.Dropped(count, "export_failed");
        }
        else
        {
            _metrics.Exported(count);
        }

        if (failed != _isFailing)
        {
            _isFailing = failed;
            if (failed)
            {
                LogFailing(_endpoint);
            }
            else
            {
                LogRecovered(_endpoint);
            }
        }

        return result;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "spans are dropped: {Endpoint} does not take them (is it an OTLP/HTTP receiver, and reachable from the node?); said again when that changes")]
    private partial void LogFailing(Uri endpoint);

    [LoggerMessage(Level = LogLevel.Information, Message = "spans are taken again by {Endpoint}")]
    private partial void LogRecovered(Uri endpoint);
}
