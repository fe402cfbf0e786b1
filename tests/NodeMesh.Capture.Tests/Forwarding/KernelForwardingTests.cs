using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Bpf;

namespace NodeMesh.Capture.Tests.Forwarding;

[Collection("in-kernel forwarding")] // One at a time: each start makes a transfer between the same two addresses of this process.
public class KernelForwardingTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Start_OnThisKernel_PassesItsOwnTransferAndLeavesNothing()
    {
        await using var forwarding = await KernelForwarding.StartAsync(NullLogger.Instance, Ct);

        Assert.Equal(1, forwarding.Activated);
        Assert.True(forwarding.Moved.Bytes > 0);
        Assert.Empty(forwarding.Tables.Namespaces.Enumerate());
        Assert.Empty(forwarding.Tables.Ends.Enumerate());
        Assert.Empty(forwarding.Tables.Deliveries.Enumerate());
        Assert.Empty(forwarding.Tables.Pairs.Enumerate());
    }

    [Fact]
    public async Task Programs_ThatSeeEverySocket_AreDetachedWhenNoPairNeedsThem()
    {
        await using var forwarding = await KernelForwarding.StartAsync(NullLogger.Instance, Ct);
        Assert.True(forwarding.Watching.IsAttached, "the transfer at start went without them");

        for (var tick = 0; tick < 3; tick++)
        {
            forwarding.Tick();
        }

        Assert.False(forwarding.Watching.IsAttached);
    }

    [Theory]
    [InlineData("forward_end_key", typeof(ForwardEndKey))]
    [InlineData("forward_end", typeof(ForwardEnd))]
    [InlineData("forward_direction", typeof(ForwardDirection))]
    [InlineData("forward_found", typeof(ForwardFound))]
    [InlineData("forward_settings", typeof(ForwardSettings))]
    public void Layout_OfSharedStructs_IsTheSameInBothLanguages(string c, Type type)
    {
        using var programs = BpfObject.OpenResource(typeof(KernelForwarding).Assembly, "forward.bpf.o");

        var layout = programs.TypeLayout(c);

        Assert.Equal(layout.Size, Marshal.SizeOf(type));
        var fields = type.GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public);
        Assert.Equal(
            layout.Members.Where(m => m.Name != "pad").Select(m => m.Offset),
            fields.Where(f => f.Name != "_pad").Select(f => (int)Marshal.OffsetOf(type, f.Name)));
    }
}
