using System.Net.Sockets;
using System.Text;
using NodeMesh.Model;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>What is not HTTP passes as if nobody had looked.</summary>
public sealed class HttpFallthroughTests
{
    [Theory]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001", AppProtocol.Http11)]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001", AppProtocol.Unknown)]
    [InlineData("anything", AppProtocol.Tcp)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", AppProtocol.Tls)]
    public async Task Connection_OfAnotherProtocol_LosesNoByte(string first, AppProtocol protocol)
    {
        await using var mesh = await HttpMesh.CreateAsync(protocol: protocol);
        await AssertPassesAsync(mesh, first);
    }

    [Fact]
    public async Task Connection_OnARoutedPortWhoseServerSpeaksFirst_IsPassedOnAfterAWhile()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false, protocol: AppProtocol.Unknown);
        mesh.SplitByHost();
        using var listener = await mesh.Server.ListenAsync(8080);
        using var near = await mesh.ConnectAsync();

        using var far = await TestMesh.AcceptAsync(listener);
        await far.SendAsync("220 hello\r\n"u8.ToArray());

        Assert.Equal("220 hello\r\n", await HttpMesh.ReadUntilAsync(near, "\r\n"));
        await near.SendAsync("EHLO me\r\n"u8.ToArray());
        Assert.Equal("EHLO me\r\n", await HttpMesh.ReadUntilAsync(far, "\r\n"));
    }

    [Fact]
    public async Task Connection_OnASniffedPort_ThatIsNoHttp_LosesNoByte()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false, protocol: AppProtocol.Unknown);
        mesh.SplitByHost();
        await AssertPassesAsync(mesh, "*1\r\n$4\r\nPING\r\n");
    }

    [Fact]
    public async Task Connection_ToAServiceWithoutRoutes_StaysOnTheWayOfConnections()
    {
        await using var mesh = await HttpMesh.CreateAsync(routed: false);
        await AssertPassesAsync(mesh, "GET / HTTP/1.1\r\nHost: web\r\n\r\n");
    }

    private static async Task AssertPassesAsync(HttpMesh mesh, string first)
    {
        using var listener = await mesh.Server.ListenAsync(8080);
        using var near = await mesh.ConnectAsync();
        foreach (var letter in first)
        {
            await near.SendAsync(new[] { (byte)letter });
        }

        using var far = await TestMesh.AcceptAsync(listener);
        Assert.Equal(first, await HttpMesh.ReadUntilAsync(far, first));
        await far.SendAsync(Encoding.ASCII.GetBytes("answer"));
        Assert.Equal("answer", await HttpMesh.ReadUntilAsync(near, "answer"));
        near.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await HttpMesh.ReadToEndAsync(far));
        far.Shutdown(SocketShutdown.Send);
        Assert.Equal("", await HttpMesh.ReadToEndAsync(near));
        var record = await mesh.Mesh.Node1.Records.WaitAsync(ConnectionDirection.Outbound);
        Assert.Equal((false, ConnectionEndReason.Completed, (long)first.Length), (record.CarriesRequests, record.EndReason, record.Bytes.Received));
        Assert.Empty(mesh.Requests.All);
    }
}
