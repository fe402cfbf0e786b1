using NodeMesh.Linux.Transport;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Hosting;

/// <summary>Not ready while connections cannot be accepted for want of file descriptors.</summary>
/// <param name="pods">The pods, with their listeners.</param>
/// <param name="time">The clock.</param>
internal sealed class DescriptorPressure(PodRegistry pods, TimeProvider time) : IReadinessCheck
{
    /// <summary>How long after the last refusal the proxy counts as short of descriptors.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private long _seen;
    private long _lastRise;

    /// <inheritdoc/>
    public string Name => "descriptors";

    /// <inheritdoc/>
    public string? Pending()
    {
        var exhausted = pods.Pods.Sum(p => p.Captured is { } captured ? Count(captured.Outbound) + Count(captured.InboundPlaintext) + Count(captured.Hbone) : 0);
        lock (_gate)
        {
            if (exhausted > _seen)
            {
                _lastRise = time.GetTimestamp();
            }

            // Pods that went took their counts along.
            _seen = exhausted;
            return _lastRise != 0 && time.GetElapsedTime(_lastRise) < Memory
                ? "no file descriptors are left for new connections: raise the limit (LimitNOFILE) or close connections"
                : null;
        }
    }

    private static long Count(Microsoft.AspNetCore.Connections.IConnectionListener listener) => (listener as SocketConnectionListener)?.ExhaustedCount ?? 0;
}
