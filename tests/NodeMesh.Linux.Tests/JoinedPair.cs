using System.Net.Sockets;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Tests;

/// <summary>Two plain sockets joined by a forwarder.</summary>
internal sealed class JoinedPair : IAsyncDisposable
{
    private readonly ConnectedPair _client;
    private readonly ConnectedPair _server;
    private long _received;
    private long _sent;
    private long _allocated;
    private int _halfClosed;
    private int _thread;

    private JoinedPair(ConnectedPair client, ConnectedPair server)
    {
        _client = client;
        _server = server;
        var forwarder = SocketForwarder.TryCreate(
            client.Connection,
            server.Connection,
            bytes =>
            {
                Interlocked.Add(ref _received, bytes);
                Volatile.Write(ref _allocated, GC.GetAllocatedBytesForCurrentThread());
                Volatile.Write(ref _thread, Environment.CurrentManagedThreadId);
            },
            bytes => Interlocked.Add(ref _sent, bytes),
            () => Interlocked.Increment(ref _halfClosed));
        Assert.NotNull(forwarder);

        // Tests wait and assert: not on the loop's thread.
        Running = Task.Run(async () => await forwarder.RunAsync().ConfigureAwait(ConfigureAwaitOptions.ForceYielding));
    }

    internal Socket Client => _client.Peer;

    internal Socket Server => _server.Peer;

    internal SocketConnection ClientSide => _client.Connection;

    internal SocketConnection ServerSide => _server.Connection;

    internal Task<ForwardResult> Running { get; }

    internal long Received => Interlocked.Read(ref _received);

    internal long Sent => Interlocked.Read(ref _sent);

    /// <summary>Bytes that the loop's thread had allocated when it last moved bytes to the server.</summary>
    internal long AllocatedByLoop => Volatile.Read(ref _allocated);

    /// <summary>The thread that last moved bytes to the server.</summary>
    internal int LoopThread => Volatile.Read(ref _thread);

    internal int HalfClosed => Volatile.Read(ref _halfClosed);

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _server.DisposeAsync();
        await Running;
    }

    internal static async Task<JoinedPair> CreateAsync() => new(await ConnectedPair.CreateAsync(), await ConnectedPair.CreateAsync());
}
