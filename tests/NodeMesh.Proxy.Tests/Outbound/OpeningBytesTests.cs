using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeMesh.Linux.Transport;
using NodeMesh.Proxy.Outbound;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Outbound;

/// <summary>What a client says before its connection has a way onwards arrives once, whichever try takes it along.</summary>
public sealed class OpeningBytesTests
{
    [Fact]
    public async Task Read_NotSent_AreTheNextReadersAndCountNowhere()
    {
        var (outer, inner) = await ConnectAsync();
        using var client = outer;
        await using var connection = inner;
        await client.SendAsync("hello"u8.ToArray());

        var failed = OpeningBytes.Read(connection);
        Assert.Equal("hello", Text(failed.Bytes));
        failed.GiveBack();
        var again = OpeningBytes.Read(connection);

        Assert.Equal("hello", Text(again.Bytes));
        again.GiveBack();
        var read = await Eventually.WithinAsync(connection.Input.ReadAsync().AsTask());
        Assert.Equal("hello", Text(read.Buffer.First));
        connection.Input.AdvanceTo(read.Buffer.End);
    }

    [Fact]
    public async Task Read_AndSent_AreCountedAndNotReadAgain()
    {
        var (outer, inner) = await ConnectAsync();
        using var client = outer;
        await using var connection = inner;
        var counters = new TransferCounters();
        await client.SendAsync("hello"u8.ToArray());
        var opening = OpeningBytes.Read(connection);

        opening.Sent(opening.Bytes.Length, counters);
        opening.GiveBack();

        Assert.Equal(5, counters.Received);
        await client.SendAsync("more"u8.ToArray());
        var read = await Eventually.WithinAsync(connection.Input.ReadAsync().AsTask());
        Assert.Equal("more", Text(read.Buffer.First));
        connection.Input.AdvanceTo(read.Buffer.End);
    }

    [Fact]
    public async Task Read_OfAClientThatWaits_HasNothing()
    {
        var (outer, inner) = await ConnectAsync();
        using var client = outer;
        await using var connection = inner;

        var opening = OpeningBytes.Read(connection);

        Assert.True(opening.Bytes.IsEmpty);
        opening.GiveBack();
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.ASCII.GetString(bytes.Span);

    private static async Task<(Socket Client, SocketConnection Connection)> ConnectAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await client.ConnectAsync(listener.LocalEndPoint!);
        return (client, new SocketConnection(await listener.AcceptAsync()));
    }
}
