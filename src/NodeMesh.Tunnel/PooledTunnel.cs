using NodeMesh.Identity;
using NodeMesh.Linux.Events;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <summary>A tunnel of the pool, with what the pool must know of it.</summary>
internal sealed class PooledTunnel(TunnelTarget target, ClientConnection connection, WorkloadCertificate own, TimeProvider time, TunnelOptions options)
{
    // One SslStream moves some 900 MB/s at 16 to 64 KiB writes on one core; above half of that, its loops are the bottleneck.
    private const double BusyBytesPerSecond = 450e6;

    // So many streams that wait for the writer alone, not for the peer's windows, want more than one writer.
    private const int BusyReadyStreams = 4;

    private long _beatAt = time.GetTimestamp();
    private long _beatBytes;
    private long _idleSince = time.GetTimestamp();
    private long _beatStreams;
    private volatile bool _fast;

    public TunnelTarget Target { get; } = target;

    public ClientConnection Connection { get; } = connection;

    /// <summary>The loop that it lives on.</summary>
    public EventLoop Loop => Connection.Transport.Loop;

    /// <summary>Ends after the tunnel is closed and out of the pool.</summary>
    public Task Running { get; set; } = Task.CompletedTask;

    /// <summary>Whether another tunnel would carry more: encryption and framing of one tunnel run on one core per direction.</summary>
    public bool IsBusy => _fast || Connection.Output.ReadyStreams >= BusyReadyStreams;

    /// <summary>Keepalive, idle time, certificates.</summary>
    /// <returns>Why the tunnel takes no new streams from now on, if so.</returns>
    public string? Beat()
    {
        Connection.OnBeat();
        var now = time.GetTimestamp();
        var bytes = Connection.BytesSent + Connection.BytesReceived;
        var elapsed = time.GetElapsedTime(_beatAt, now);
        _fast = elapsed > TimeSpan.Zero && (bytes - _beatBytes) / elapsed.TotalSeconds > BusyBytesPerSecond;
        _beatBytes = bytes;
        _beatAt = now;

        var streams = Connection.TotalStreams;
        if (Connection.ActiveStreams > 0 || streams != _beatStreams)
        {
            _beatStreams = streams;
            _idleSince = now;
        }

        if (time.GetElapsedTime(_idleSince, now) >= options.IdleTimeout)
        {
            return "idle";
        }

        // Both ends proved who they are when it was opened, and for no longer than this.
        var utcNow = time.GetUtcNow();
        return utcNow >= own.NotAfter || utcNow >= Connection.Peer.NotAfter ? "certificate-expired" : null;
    }

    public TunnelInfo Describe() => new(
        Connection.Id,
        Target,
        Connection.Peer,
        Connection.Transport.LocalEndPoint,
        Connection.State,
        Connection.ActiveStreams,
        Connection.TotalStreams,
        Connection.BytesSent,
        Connection.BytesReceived,
        Connection.OpenedAt,
        own.NotAfter);
}
