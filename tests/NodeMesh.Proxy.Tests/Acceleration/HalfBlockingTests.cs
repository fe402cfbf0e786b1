using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>Two applications of one node, of which one uses its socket in a blocking way.</summary>
[Collection(AccelerationCollection.Name)]
public sealed class HalfBlockingTests(AccelerationFixture fixture)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connection_WithOneEndThatBlocks_BecomesALegOfTheOther(bool isServer)
    {
        using var connection = await fixture.ConnectAsync();
        var (blocking, other) = isServer ? (connection.Server, connection.Client) : (connection.Client, connection.Server);
        LinuxCalls.MakeBlocking(blocking);
        var pair = connection.Record.Bytes.Kernel!;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        limit.CancelAfter(Limit);
        var message = new byte[100];
        var exchanged = 0L;

        while (pair.Transfer is not { RequestBytes: > 0, ResponseBytes: > 0 })
        {
            await other.SendAsync(message, limit.Token);
            Assert.Equal(message.Length, await Eventually.WithinAsync(Task.Run(() => LinuxCalls.Receive(blocking, message, LinuxCalls.WaitAllFlag), Ct)));
            Assert.Equal(message.Length, LinuxCalls.Send(blocking, message, 0));
            await AcceleratedConnection.ReadExactlyAsync(other, message.Length, limit.Token);
            exchanged += message.Length;
            await Task.Delay(2, limit.Token);
        }

        Assert.True(pair.IsLeg);
        Assert.Equal((exchanged, exchanged), (connection.Record.Bytes.Received, connection.Record.Bytes.Sent));
        Assert.Equal(1, connection.Record.Bytes.ActiveLegs);
    }
}
