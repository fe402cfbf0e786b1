using System.Net.Sockets;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Half-closes and resets reach the other end behind all that was sent before them.</summary>
[Collection(AccelerationCollection.Name)]
public class EndTests(AccelerationFixture fixture)
{
    private static readonly byte[] Request = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HalfClose_OfOneEnd_ArrivesBehindItsBytesAndLeavesTheOtherDirection(bool byClient)
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var (closing, other) = byClient ? (connection.Client, connection.Server) : (connection.Server, connection.Client);

        await closing.SendAsync(Request, Ct);
        closing.Shutdown(SocketShutdown.Send);
        Assert.Equal(Request, await AcceleratedConnection.ReadExactlyAsync(other, Request.Length, Ct));
        Assert.Equal(0, await other.ReceiveAsync(new byte[1], Ct));

        await AcceleratedConnection.PassAsync(other, closing, Request, Ct);
        other.Shutdown(SocketShutdown.Send);
        Assert.Equal(0, await closing.ReceiveAsync(new byte[1], Ct));
        await connection.EndedAsync();
        Assert.Equal(ConnectionEndReason.Completed, connection.Record.EndReason);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Reset_OfOneEnd_ReachesTheOther(bool byClient)
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var (resetting, other) = byClient ? (connection.Client, connection.Server) : (connection.Server, connection.Client);
        await resetting.SendAsync(new byte[1000], Ct);

        resetting.LingerState = new LingerOption(enable: true, seconds: 0);
        resetting.Dispose();

        var error = await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (await other.ReceiveAsync(new byte[100], Ct) > 0)
            {
            }
        });
        Assert.Equal(SocketError.ConnectionReset, error.SocketErrorCode);
        await connection.EndedAsync();
        Assert.Equal(byClient ? ConnectionEndReason.ClientReset : ConnectionEndReason.ServerReset, connection.Record.EndReason);
    }

    [Fact]
    public async Task Close_WithUnreadMessages_KeepsThemForTheReader()
    {
        using var connection = await fixture.ConnectInKernelAsync();

        await connection.Client.SendAsync(Request, Ct);
        connection.Client.Dispose();
        await DataPaths.Eventually.TrueAsync(() => LinuxCalls.Receive(connection.Server, new byte[1], LinuxCalls.PeekFlag | LinuxCalls.DontWaitFlag) == 1, "nothing arrived");

        Assert.Equal(Request, await AcceleratedConnection.ReadExactlyAsync(connection.Server, Request.Length, Ct));
        Assert.Equal(0, await connection.Server.ReceiveAsync(new byte[1], Ct));
    }

    [Fact]
    public async Task Refusal_OfALiveConnection_ResetsBothEnds()
    {
        using var connection = await fixture.ConnectInKernelAsync();

        connection.Record.RequestClose(ConnectionEndReason.PolicyDeniedLate);

        await DataPaths.TestMesh.AssertResetAsync(connection.Client);
        await DataPaths.TestMesh.AssertResetAsync(connection.Server);
        await connection.EndedAsync();
        Assert.Equal(ConnectionEndReason.PolicyDeniedLate, connection.Record.EndReason);
    }
}
