using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Kubernetes.Tests.Fixtures;

/// <summary>A TCP relay on loopback that can cut its connections, refuse new ones, or hold everything back without a word.</summary>
public sealed class Relay : IAsyncDisposable
{
    private readonly Func<CancellationToken, Task<Socket>> _connect;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentDictionary<Socket, byte> _sockets = new();
    private readonly ConcurrentBag<Task> _tasks = [];
    private readonly Task _accepting;
    private int _accepted;
    private int _silenced;

    public Relay(Func<CancellationToken, Task<Socket>> connect)
        : this(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp), connect)
    {
    }

    /// <summary>Listens on the loopback of the namespace that a socket is of.</summary>
    public Relay(Socket listener, Func<CancellationToken, Task<Socket>> connect)
    {
        _listener = listener;
        _connect = connect;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(64);
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>How many connections there have been.</summary>
    public int Accepted => Volatile.Read(ref _accepted);

    /// <summary>New connections are reset.</summary>
    public bool Refuse { get; set; }

    /// <summary>The connections that are open now carry nothing any more, and stay open; later ones work.</summary>
    public void SilenceOpenConnections() => Volatile.Write(ref _silenced, Accepted);

    /// <summary>Resets every open connection.</summary>
    public void Cut()
    {
        foreach (var socket in _sockets.Keys)
        {
            Reset(socket);
        }
    }

    /// <summary>Cuts again and again, until the token ends.</summary>
    public async Task CutEveryAsync(TimeSpan period, CancellationToken ct)
    {
        using var timer = new PeriodicTimer(period);
        try
        {
            while (await timer.WaitForNextTickAsync(ct))
            {
                Cut();
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        Cut();
        await _accepting;
        await Task.WhenAll(_tasks);
        _stop.Dispose();
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var client = await _listener.AcceptAsync(_stop.Token);
                var number = Interlocked.Increment(ref _accepted);
                if (Refuse)
                {
                    Reset(client);
                    continue;
                }

                _tasks.Add(ServeAsync(client, number));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
            }
        }
    }

    private async Task ServeAsync(Socket client, int number)
    {
        client.NoDelay = true;
        _sockets.TryAdd(client, 0);
        Socket? server = null;
        try
        {
            server = await _connect(_stop.Token);
            _sockets.TryAdd(server, 0);
            await Task.WhenAll(CopyAsync(client, server, number), CopyAsync(server, client, number));
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
        }
        finally
        {
            _sockets.TryRemove(client, out _);
            Reset(client);
            if (server is not null)
            {
                _sockets.TryRemove(server, out _);
                Reset(server);
            }
        }
    }

    private async Task CopyAsync(Socket from, Socket to, int number)
    {
        var buffer = new byte[64 * 1024];
        while (await from.ReceiveAsync(buffer, _stop.Token) is var count and > 0)
        {
            if (number <= Volatile.Read(ref _silenced))
            {
                continue;
            }

            for (var sent = 0; sent < count;)
            {
                sent += await to.SendAsync(buffer.AsMemory(sent, count - sent), _stop.Token);
            }
        }

        to.Shutdown(SocketShutdown.Send);
    }
}
