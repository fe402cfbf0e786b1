using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Tests;

/// <summary>Sockets that the base library's class does not know.</summary>
public sealed class SocketDescriptorTests : IDisposable
{
    private readonly NetworkNamespaceBroker _broker = new();
    private readonly NetworkNamespace _home = NetworkNamespace.OpenCurrent();

    private static CancellationToken Deadline => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _home.Dispose();
        _broker.Dispose();
    }

    [Theory(Timeout = 30_000)]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task TryConnect_ToAListenerOfThisMachine_IsConnectedAtOnce(string address)
    {
        using var listening = Listen(IPAddress.Parse(address), 4);
        var destination = (IPEndPoint)listening.LocalEndPoint!;
        await using var listener = new SocketConnectionListener(listening);

        await using var connection = SocketConnector.TryConnect(await NewAsync(destination), destination);

        Assert.NotNull(connection);
        await using var accepted = (SocketConnection)(await listener.AcceptAsync(Deadline))!;
        Assert.Equal(destination, connection.RemoteEndPoint);
        Assert.Equal(destination, accepted.LocalEndPoint);
        Assert.Equal(connection.LocalEndPoint, accepted.RemoteEndPoint);
        await connection.Transport.Output.WriteAsync("hello"u8.ToArray(), Deadline);
        await connection.Transport.Output.CompleteAsync();
        var read = await accepted.Transport.Input.ReadAsync(Deadline);
        Assert.Equal("hello"u8.ToArray(), read.Buffer.First.ToArray());
        accepted.Transport.Input.AdvanceTo(read.Buffer.End);
        Assert.True((await accepted.Transport.Input.ReadAsync(Deadline)).IsCompleted);
    }

    [Fact(Timeout = 30_000)]
    public async Task TryConnect_WhereNobodyListens_FailsAndClosesTheSocket()
    {
        IPEndPoint free;
        using (var listening = Listen(IPAddress.Loopback, 1))
        {
            free = (IPEndPoint)listening.LocalEndPoint!;
        }

        var socket = await NewAsync(free);
        var error = Assert.Throws<SocketException>(() => SocketConnector.TryConnect(socket, free));
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
        Assert.True(socket.IsClosed);
    }

    [Fact(Timeout = 30_000)]
    public async Task Finish_ThatIsGivenUp_ClosesTheSocket()
    {
        // A full queue drops further SYNs (listen(2)): the connects after it stay under way.
        using var listening = Listen(IPAddress.Loopback, 0);
        var destination = (IPEndPoint)listening.LocalEndPoint!;
        var connected = new List<SocketConnection>();
        SocketDescriptor socket;
        do
        {
            socket = await NewAsync(destination);
            if (SocketConnector.TryConnect(socket, destination) is { } connection)
            {
                connected.Add(connection);
                socket = null!;
            }
        }
        while (socket is null);

        using var cancel = new CancellationTokenSource();
        var finishing = SocketConnector.FinishAsync(socket, destination, cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => finishing);
        Assert.True(socket.IsClosed);
        foreach (var connection in connected)
        {
            await connection.DisposeAsync();
        }
    }

    [Fact(Timeout = 30_000)]
    public async Task Abort_OfAnAcceptedConnection_ResetsThePeer()
    {
        using var listening = Listen(IPAddress.Loopback, 4);
        await using var listener = new SocketConnectionListener(listening);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint, Deadline);
        await using var accepted = await listener.AcceptAsync(Deadline);

        accepted!.Abort();

        var error = await Assert.ThrowsAsync<SocketException>(async () => await client.ReceiveAsync(new byte[1], Deadline));
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
    }

    [Fact(Timeout = 30_000)]
    public async Task Detach_OfAnAcceptedConnection_GivesItsSocketWithoutDelay()
    {
        using var listening = Listen(IPAddress.Loopback, 4);
        await using var listener = new SocketConnectionListener(listening);
        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.EndPoint, Deadline);
        await using var accepted = (SocketConnection)(await listener.AcceptAsync(Deadline))!;

        var socket = accepted.Detach();

        Assert.Same(socket, accepted.Detach());
        Assert.True(socket.Blocking);
        Assert.True(socket.NoDelay);
        Assert.Equal(client.LocalEndPoint, socket.RemoteEndPoint);
        await accepted.DisposeAsync();
        Assert.Equal(0, await client.ReceiveAsync(new byte[1], Deadline));
    }

    [Theory(Timeout = 30_000)]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task Bind_GivesTheAddress_AndASecondListenerIsRefused(string address)
    {
        using var socket = await NewAsync(new IPEndPoint(IPAddress.Parse(address), 0));
        socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        var name = socket.GetLocalName();
        Assert.Equal(IPAddress.Parse(address), name!.Address);
        Assert.NotEqual(0, name.Port);
        Assert.Null(socket.GetPeerName());

        using var second = await NewAsync(name);
        var error = Assert.Throws<SocketException>(() => second.Bind(name));
        Assert.Equal(SocketError.AddressAlreadyInUse, error.SocketErrorCode);
    }

    private static Socket Listen(IPAddress address, int backlog)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(address, 0));
        socket.Listen(backlog);
        return socket;
    }

    private async Task<SocketDescriptor> NewAsync(IPEndPoint destination) =>
        (await _broker.CreateStreamsAsync(_home, destination.AddressFamily, 1, Deadline))[0];
}
