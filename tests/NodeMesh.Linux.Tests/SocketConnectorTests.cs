using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Tests;

public sealed class SocketConnectorTests
{
    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    [Fact(Timeout = 30_000)]
    public async Task Connect_ToAListener_KnowsBothEndsAndCarriesBytes()
    {
        using var listening = Listen(1);
        await using var listener = new SocketConnectionListener(listening);
        using var socket = await SocketConnector.ConnectAsync(NewSocket(), (IPEndPoint)listening.LocalEndPoint!, Deadline);
        await using var accepted = await listener.AcceptAsync(Deadline);
        Assert.NotNull(accepted);
        Assert.True(socket.Connected);
        Assert.Equal(listening.LocalEndPoint, socket.RemoteEndPoint);
        Assert.Equal(socket.LocalEndPoint, accepted.RemoteEndPoint);

        await using var connection = new SocketConnection(socket);
        await connection.Transport.Output.WriteAsync("hello"u8.ToArray(), Deadline);
        var read = await accepted.Transport.Input.ReadAsync(Deadline);
        Assert.Equal("hello"u8.ToArray(), read.Buffer.First.ToArray());
        accepted.Transport.Input.AdvanceTo(read.Buffer.End);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_WhereNobodyListens_FailsWithTheKernelsReasonAndClosesTheSocket()
    {
        IPEndPoint free;
        using (var listening = Listen(1))
        {
            free = (IPEndPoint)listening.LocalEndPoint!;
        }

        var socket = NewSocket();
        var error = await Assert.ThrowsAsync<SocketException>(async () => await SocketConnector.ConnectAsync(socket, free, Deadline));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.True(socket.SafeHandle.IsClosed);
    }

    [Fact(Timeout = 30_000)]
    public async Task Connect_ThatIsGivenUp_EndsAndClosesTheSocket()
    {
        // A full queue drops further SYNs (listen(2)): the connect stays under way.
        using var listening = Listen(0);
        var destination = (IPEndPoint)listening.LocalEndPoint!;
        using var first = NewSocket();
        await first.ConnectAsync(destination, Deadline);
        var pending = new List<(Socket Socket, Task<Socket> Task)>();
        using var cancel = new CancellationTokenSource();
        for (var i = 0; i < 8; i++)
        {
            var socket = NewSocket();
            pending.Add((socket, SocketConnector.ConnectAsync(socket, destination, cancel.Token).AsTask()));
        }

        await cancel.CancelAsync();
        foreach (var (socket, task) in pending)
        {
            await Task.WhenAny(task);
            Assert.True(task.IsCanceled ? socket.SafeHandle.IsClosed : task.IsCompletedSuccessfully);
            socket.SafeHandle.Dispose();
        }

        Assert.Contains(pending, p => p.Task.IsCanceled);
    }

    [Fact(Timeout = 30_000)]
    public async Task Accept_WhileTheListenerIsUnbound_ReturnsNothing()
    {
        var listener = new SocketConnectionListener(Listen(1));
        var accepting = listener.AcceptAsync(Deadline);
        Assert.False(accepting.IsCompleted);
        await listener.UnbindAsync(Deadline);
        Assert.Null(await accepting);
    }

    private static Socket NewSocket() => new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    private static Socket Listen(int backlog)
    {
        var socket = NewSocket();
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(backlog);
        return socket;
    }
}
