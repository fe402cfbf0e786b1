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

    /// <summary>True where the proxy has what moves messages to the server, and those to the client.</summary>
    public bool HasPairs => Record.Bytes.Kernel is not null || Record.Bytes.Legs is { Client: not null, Server: not null };

    /// <summary>What reached the applications in the kernel; messages are those of the server's pair.</summary>
    public KernelTransfer Transfer => new(ToServer.Transfer.RequestBytes, ToClient.Transfer.ResponseBytes, ToServer.Transfer.Messages);

    /// <summary>What left the applications in the kernel.</summary>
    public KernelTransfer Left => new(ToClient.Transfer.RequestBytes, ToServer.Transfer.ResponseBytes, ToClient.Transfer.Messages);

    /// <summary>True while messages may move all the way in the kernel.</summary>
    public bool IsActive => ToClient.IsActive && ToServer.IsActive;

    /// <summary>True once messages could move between the server and its peer in the kernel.</summary>
    public bool WasActive => Record.Bytes.Kernel is { IsLeg: false, WasActive: true } || Record.Bytes.Legs is { Server.WasActive: true };

    private KernelPair ToClient => Record.Bytes.Kernel ?? Record.Bytes.Legs?.Client ?? throw new InvalidOperationException("the client's end has no pair");

    private KernelPair ToServer => Record.Bytes.Kernel ?? Record.Bytes.Legs?.Server ?? throw new InvalidOperationException("the server's end has no pair");

    /// <summary>Sends everything the ordinary way from now on.</summary>
    public void Disable()
    {
        ToClient.Disable();
        ToServer.Disable();
    }

    /// <summary>Bytes that the test itself has sent each way to warm up.</summary>
    public long Warmed { get; private set; }

    /// <summary>Exchanges bytes until both directions have moved one in the kernel.</summary>
    public async Task WarmUpAsync()
    {
        using var limit = new CancellationTokenSource(Limit);
        var one = new byte[1];
        while (Transfer is not { RequestBytes: > 0, ResponseBytes: > 0 } || Left is not { RequestBytes: > 0, ResponseBytes: > 0 })
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
