using System.Net.Sockets;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>A reader that sleeps costs its ordinary buffers and blocks its sender; one that is slow gets everything.</summary>
[Collection(AccelerationCollection.Name)]
public class BackPressureTests(AccelerationFixture fixture)
{
    /// <summary>The buffers of the ordinary path: both sockets' own and the proxy's, which Linux tunes up to 4 and 6 MiB by default.</summary>
    private const long OrdinaryBuffers = 64L << 20;

    /// <summary>Queued messages beyond their payload: forward_move.h's bound, and what was under way.</summary>
    private const int QueuedMessages = 520;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    [InlineData(65_536)]
    public async Task Sender_ToAReaderThatSleeps_BlocksAndKernelMemoryIsBounded(int size)
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var before = connection.Transfer;
        var message = new byte[size];
        var sent = 0L;
        for (var full = 0; full < 20 && sent < OrdinaryBuffers;)
        {
            var count = LinuxCalls.Send(connection.Client, message, LinuxCalls.DontWaitFlag);
            if (count > 0)
            {
                sent += count;
                full = 0;
                if (size == 1 && sent == 10 * QueuedMessages)
                {
                    // Messages go the ordinary way by now, a byte at a time: filling all buffers so would take minutes.
                    break;
                }

                continue;
            }

            Assert.Equal(-LinuxCalls.TryAgain, count);
            full++;
            await Task.Delay(5, Ct);
        }

        Assert.True(sent < OrdinaryBuffers, "the sender was never blocked");
        await Eventually.TrueAsync(() => connection.Transfer.RequestBytes > before.RequestBytes, "nothing moved in the kernel");
        var queued = connection.Transfer;
        Assert.InRange(queued.RequestBytes - before.RequestBytes, 1, connection.Server.ReceiveBufferSize + size);
        Assert.InRange(queued.Messages - before.Messages, 1, QueuedMessages);
        await AcceleratedConnection.ReadExactlyAsync(connection.Server, (int)sent, Ct);
    }

    [Fact]
    public async Task Kernel_AfterASleepingReaderHasReadEverything_MovesMessagesAgain()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var message = new byte[65_536];
        var sent = 0;
        while (LinuxCalls.Send(connection.Client, message, LinuxCalls.DontWaitFlag) is var count and > 0)
        {
            sent += count;
        }

        await AcceleratedConnection.ReadExactlyAsync(connection.Server, sent, Ct);
        var before = connection.Transfer.RequestBytes;

        await Eventually.TrueAsync(
            () =>
            {
                AcceleratedConnection.PassAsync(connection.Client, connection.Server, new byte[10], Ct).Wait(Ct);
                return connection.Transfer.RequestBytes > before;
            },
            "messages go the ordinary way for ever");
    }

    [Fact]
    public async Task Reader_ThatIsSlow_GetsEverythingInOrder()
    {
        using var connection = await fixture.ConnectInKernelAsync();
        var sent = HashedStream.SendAsync(connection.Client, 30_000, 600, 5, Ct);
        using var hash = System.Security.Cryptography.IncrementalHash.CreateHash(System.Security.Cryptography.HashAlgorithmName.SHA256);
        var buffer = new byte[50_000];
        while (await connection.Server.ReceiveAsync(buffer, SocketFlags.None, Ct) is var count and > 0)
        {
            hash.AppendData(buffer.AsSpan(0, count));
            await Task.Delay(1, Ct);
        }

        Assert.Equal(await sent, Convert.ToHexString(hash.GetHashAndReset()));
    }
}
