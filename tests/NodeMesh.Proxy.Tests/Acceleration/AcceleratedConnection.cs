using System.Net.Sockets;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Both applications' ends of a connection, and what the proxy knows of it.</summary>
internal sealed class AcceleratedConnection(Socket client, Socket server, ConnectionRecord record) : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    public Socket Client { get; } = client;

    public Socket Server { get; } = server;

    public ConnectionRecord Record { get; } = record;

    public KernelPair Kernel => Record.Bytes.Kernel ?? throw new InvalidOperationException("the connection has no pair");

    /// <summary>Bytes that the test itself has sent each way to warm up.</summary>
    public long Warmed { get; private set; }

    /// <summary>Exchanges bytes until both directions have moved one in the kernel.</summary>
    public async Task WarmUpAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var one = new byte[1];
        while (Kernel.Transfer is not { RequestBytes: > 0, ResponseBytes: > 0 })
        {
            await PassAsync(Client, Server, one, limit.Token);
            await PassAsync(Server, Client, one, limit.Token);
            Warmed++;
            await Task.Delay(1, limit.Token);
        }
    }

    /// <summary>Sends a message one way and reads it.</summary>
    public static async Task PassAsync(Socket from, Socket to, byte[] message, CancellationToken ct)
    {
        await from.SendAsync(message, ct);
        await ReadExactlyAsync(to, message.Length, ct);
    }

    /// <summary>Reads so many bytes.</summary>
    public static async Task<byte[]> ReadExactlyAsync(Socket socket, int size, CancellationToken ct)
    {
        var bytes = new byte[size];
        for (var read = 0; read < size;)
        {
            var count = await socket.ReceiveAsync(bytes.AsMemory(read), ct);
            Assert.NotEqual(0, count);
            read += count;
        }

        return bytes;
    }

    /// <summary>Waits until the proxy has closed its record.</summary>
    public Task EndedAsync() => Eventually.TrueAsync(() => Record.Ended is not null, "the proxy has not ended the connection");

    public void Dispose()
    {
        Client.Dispose();
        Server.Dispose();
    }
}
