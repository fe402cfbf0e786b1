using NodeMesh.Metrics;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>One open connection's counters, and how many of its bytes they have already.</summary>
/// <param name="bytes">The live counts.</param>
/// <param name="handle">The counters.</param>
internal sealed class OpenConnectionCounters(TransferCounters bytes, CounterHandle handle)
{
    private readonly Lock _gate = new();
    private long _received;
    private long _sent;

    public CounterHandle Handle => handle;

    /// <summary>Moves what was counted since the last time into the metrics. A scrape and the connection's end may come at once.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            var received = bytes.Received;
            var sent = bytes.Sent;
            handle.Add(TrafficMetrics.Received, received - _received);
            handle.Add(TrafficMetrics.Sent, sent - _sent);
            _received = received;
            _sent = sent;
        }
    }
}
