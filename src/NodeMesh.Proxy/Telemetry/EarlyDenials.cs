using System.Diagnostics.Metrics;
using System.Net;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>
/// Refusals that come before there is a connection to speak of: garbage on 15008, a failed handshake, a CONNECT for nobody. Counted always, logged as short
/// warnings, at most a few per second: whoever sends garbage must not fill the disk.
/// </summary>
internal sealed partial class EarlyDenials : IDisposable
{
    private const int LinesPerSecond = 10;

    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly Meter _meter = new("NodeMesh.Proxy.EarlyDenials");
    private readonly Counter<long> _count;
    private readonly Lock _gate = new();
    private long _second;
    private int _lines;
    private int _silenced;

    /// <summary>Begins to count.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where warnings go.</param>
    public EarlyDenials(TimeProvider time, ILoggerFactory log)
    {
        _time = time;
        _log = log.CreateLogger<EarlyDenials>();
        _second = time.GetTimestamp();
        _count = _meter.CreateCounter<long>("nodemesh_early_denials_total", description: "Connections refused before their source or destination was known, by reason.");
    }

    /// <summary>Says that a connection was refused.</summary>
    /// <param name="listener">Where it came in: <c>outbound</c>, <c>inbound</c>, <c>hbone</c>.</param>
    /// <param name="peer">Who sent it.</param>
    /// <param name="reason">A word of a small set; becomes a label.</param>
    /// <param name="detail">One line more for the log.</param>
    public void Report(string listener, EndPoint? peer, string reason, string? detail = null)
    {
        _count.Add(1, new KeyValuePair<string, object?>("listener", listener), new KeyValuePair<string, object?>("reason", reason));
        var silenced = 0;
        lock (_gate)
        {
            if (_time.GetElapsedTime(_second) >= TimeSpan.FromSeconds(1))
            {
                _second = _time.GetTimestamp();
                _lines = 0;
                silenced = _silenced;
                _silenced = 0;
            }

            if (++_lines > LinesPerSecond)
            {
                _silenced++;
                return;
            }
        }

        if (silenced > 0)
        {
            LogSilenced(_log, silenced);
        }

        LogDenied(_log, listener, peer, reason, detail ?? "");
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "early deny on {Listener} from {Peer}: {Reason} {Detail}")]
    private static partial void LogDenied(ILogger log, string listener, EndPoint? peer, string reason, string detail);

    [LoggerMessage(EventId = 2, Level = LogLevel.Warning, Message = "{Count} more early denials were not logged")]
    private static partial void LogSilenced(ILogger log, int count);
}
