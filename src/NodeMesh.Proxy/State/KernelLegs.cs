using NodeMesh.Capture.Forwarding;

namespace NodeMesh.Proxy.State;

/// <summary>The legs of one connection between the proxy and applications of this node.</summary>
/// <param name="client">To the client; null where that is no application of this node.</param>
/// <param name="server">To the server; likewise.</param>
internal sealed class KernelLegs(KernelPair? client, KernelPair? server) : IDisposable
{
    /// <summary>
    /// Bytes of a message on average from which a single leg is not worth it: opposite a tunnel the proxy is busy with each for longer than the sender
    /// waits for it on the spot, and TCP takes more at once. Half a record of TLS (16 KiB), so that a row of those exceeds it before a leg is set up.
    /// </summary>
    private const int Bulk = 8 * 1024;

    /// <summary>Messages over which the average is taken.</summary>
    private const int Window = 8;

    private readonly bool _isSingle = client is null || server is null;
    private long _average;

    /// <summary>To the client.</summary>
    public KernelPair? Client => client;

    /// <summary>To the server.</summary>
    public KernelPair? Server => server;

    /// <summary>How many of them move messages in the kernel now.</summary>
    public int Active => (client is { IsActive: true } ? 1 : 0) + (server is { IsActive: true } ? 1 : 0);

    /// <summary>How many have moved messages in the kernel.</summary>
    public int OnceActive => (client is { WasActive: true } ? 1 : 0) + (server is { WasActive: true } ? 1 : 0);

    /// <summary>Counts what the proxy moved at once: to be called for each.</summary>
    /// <param name="bytes">How much it was.</param>
    public void Passed(long bytes)
    {
        if (_isSingle)
        {
            _average += (bytes - _average) / Window;
            if (_average > Bulk)
            {
                return;
            }
        }

        client?.Passed();
        server?.Passed();
    }

    /// <summary>Looks after them: to be called about once a second.</summary>
    public void Tick()
    {
        client?.Tick();
        server?.Tick();
    }

    /// <summary>Sets who is told when the connection cannot go on; before messages move.</summary>
    /// <param name="unfit">Told why.</param>
    public void OnUnfit(Action<string> unfit)
    {
        client?.Unfit = unfit;
        server?.Unfit = unfit;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        client?.Dispose();
        server?.Dispose();
    }
}
