using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Capture;

/// <summary>
/// TCP sockets of one pod's namespace, made in advance: entering the namespace means another thread and costs more than all else that a new connection
/// needs. As many are made at a time as the pod's rate of connections asks for; a pod that opens few has few, and one that opens none has none.
/// </summary>
/// <param name="broker">Makes sockets in namespaces.</param>
/// <param name="ns">The pod's namespace.</param>
/// <param name="family">IPv4 or IPv6.</param>
/// <param name="time">The clock.</param>
internal sealed class PodSocketStock(NetworkNamespaceBroker broker, NetworkNamespace ns, AddressFamily family, TimeProvider time) : IDisposable
{
    /// <summary>What is made at a time for a pod that has just begun.</summary>
    internal const int Least = 4;

    /// <summary>What is made at a time at most: some ten milliseconds' worth of a pod that opens as many connections as a processor can, and a few hundred KiB of the kernel's.</summary>
    internal const int Most = 128;

    /// <summary>Stock that lasts longer than this was too much.</summary>
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<SocketDescriptor> _ready = new();
    private int _batch = Least / 2;
    private long _lastRefill = time.GetTimestamp();
    private bool _isRefilling;
    private bool _isDisposed;

    /// <summary>How many wait.</summary>
    internal int Count
    {
        get
        {
            lock (_gate)
            {
                return _ready.Count;
            }
        }
    }

    /// <summary>Takes a socket, and has more made where few are left.</summary>
    /// <returns>Marked as the proxy's, without delay; null when none is there.</returns>
    internal SocketDescriptor? TryTake()
    {
        int wanted;
        SocketDescriptor? socket;
        lock (_gate)
        {
            _ready.TryDequeue(out socket);
            if (_isRefilling || _isDisposed || _ready.Count > _batch / 2)
            {
                return socket;
            }

            var now = time.GetTimestamp();
            _batch = time.GetElapsedTime(_lastRefill, now) < Long ? Math.Min(Most, _batch * 2) : Math.Max(Least, _batch / 2);
            _lastRefill = now;
            _isRefilling = true;
            wanted = _batch;
        }

        _ = RefillAsync(wanted);
        return socket;
    }

    /// <summary>Makes one, where none is in stock.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>As <see cref="TryTake"/>.</returns>
    internal async Task<SocketDescriptor> MakeAsync(CancellationToken ct)
    {
        var made = await broker.CreateStreamsAsync(ns, family, 1, ct);
        Prepare(made);
        return made[0];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Clear();
        }
    }

    private async Task RefillAsync(int count)
    {
        SocketDescriptor[] made = [];
        try
        {
            made = await broker.CreateStreamsAsync(ns, family, count, CancellationToken.None);
            Prepare(made);
        }
        catch (Exception e) when (e is NetworkNamespaceException or SocketException or ObjectDisposedException)
        {
            // Whoever needs a socket next makes it alone, and is told what is wrong.
            made = [];
        }
        finally
        {
            lock (_gate)
            {
                _isRefilling = false;
                foreach (var socket in made)
                {
                    _ready.Enqueue(socket);
                }

                if (_isDisposed)
                {
                    Clear();
                }
            }
        }
    }

    /// <summary>The mark first of all: without it the pod's own capture would take what the proxy connects.</summary>
    private static void Prepare(SocketDescriptor[] sockets)
    {
        try
        {
            foreach (var socket in sockets)
            {
                socket.SetMark(CaptureMarks.Proxy);
                socket.SetNoDelay();
            }
        }
        catch
        {
            foreach (var socket in sockets)
            {
                socket.Dispose();
            }

            throw;
        }
    }

    private void Clear()
    {
        while (_ready.TryDequeue(out var socket))
        {
            socket.Dispose();
        }
    }
}
