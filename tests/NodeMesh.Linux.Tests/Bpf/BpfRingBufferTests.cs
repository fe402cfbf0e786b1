using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf;

namespace NodeMesh.Linux.Tests.Bpf;

public sealed class BpfRingBufferTests : IDisposable
{
    private static readonly byte[] Packet = new byte[64];
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly BpfObject _object = BpfTestObjects.Load("probe");

    public void Dispose() => _object.Dispose();

    [Fact]
    public void Consume_Records_ComeInOrder()
    {
        var events = new List<Event>();
        using var ring = _object.RingBuffer("events", r => events.Add(MemoryMarshal.Read<Event>(r)));
        Assert.Equal(0, ring.Consume());
        for (var i = 0; i < 5; i++)
        {
            _object.Program("count").TestRun(Packet);
        }

        Assert.Equal(5, ring.Consume());
        Assert.Equal([1ul, 2ul, 3ul, 4ul, 5ul], events.Select(e => e.Sequence));
        Assert.All(events, e => Assert.Equal(3u, e.Kind));
    }

    [Fact]
    public void Consume_HandlerThrows_ThrowsThatAndGoesOnAfterwards()
    {
        var fail = true;
        using var ring = _object.RingBuffer("events", _ =>
        {
            if (fail)
            {
                throw new InvalidDataException("unreadable");
            }
        });
        _object.Program("count").TestRun(Packet);
        _object.Program("count").TestRun(Packet);

        Assert.Equal("unreadable", Assert.Throws<InvalidDataException>(() => ring.Consume()).Message);
        fail = false;
        Assert.Equal(1, ring.Consume());
    }

    [Fact]
    public async Task Run_WaitsForRecords_AndEndsWhenCancelled()
    {
        var first = new TaskCompletionSource<ulong>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var ring = _object.RingBuffer("events", r => first.TrySetResult(MemoryMarshal.Read<Event>(r).Sequence));
        using var stop = new CancellationTokenSource();
        var running = ring.RunAsync(stop.Token);

        _object.Program("count").TestRun(Packet);

        Assert.Equal(1ul, await first.Task.WaitAsync(Patience, CancellationToken.None));
        await stop.CancelAsync();
        await running.WaitAsync(Patience, CancellationToken.None);
    }

    [Fact]
    public void Open_NotARing_IsRefused()
    {
        using var flows = _object.Map<uint, Flow>("flows");
        var failure = Assert.Throws<BpfException>(() => new BpfRingBuffer(flows, _ => { }));
        Assert.Contains("flows", failure.Message, StringComparison.Ordinal);
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Event
    {
        public readonly ulong Sequence;
        public readonly uint Length;
        public readonly uint Kind;
    }
}
