using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf.Interop;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Bpf;

/// <summary>
/// The reader of a <c>BPF_MAP_TYPE_RINGBUF</c>: records of all processors in the order in which they were reserved. One reader, on one thread at a time:
/// either <see cref="Consume"/> when the caller likes, or <see cref="RunAsync"/> on a thread of its own.
/// </summary>
public sealed class BpfRingBuffer : IDisposable
{
    private const short PollIn = 1;
    private const int Interrupted = 4;
    private readonly BpfRecordHandler _handler;
    private readonly BpfRingHandle _ring;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Opens a ring.</summary>
    /// <param name="map">The ring, which can be disposed afterwards.</param>
    /// <param name="handler">Takes each record; an exception from it ends the reading and comes out of the call that reads.</param>
    /// <exception cref="BpfException">The map is no ring, or there is no memory to map it.</exception>
    public unsafe BpfRingBuffer(BpfMap map, BpfRecordHandler handler)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(handler);
        BpfLog.Install();
        _handler = handler;
        var self = GCHandle.Alloc(this, GCHandleType.Weak);
        using var log = BpfLogCapture.Start();
        var ring = LibBpf.OpenRing(map.Handle, &OnRecord, GCHandle.ToIntPtr(self), null);
        if (ring == 0)
        {
            var failure = BpfException.FromLastError($"opening ring {map}", log);
            self.Free();
            throw failure;
        }

        _ring = new BpfRingHandle(ring, self);
    }

    /// <summary>Hands every record that is there to the handler, and does not wait.</summary>
    /// <returns>How many there were.</returns>
    /// <exception cref="BpfException">Reading failed.</exception>
    public int Consume()
    {
        var result = LibBpf.ConsumeRing(_ring);
        if (_failure is { } failure)
        {
            _failure = null;
            failure.Throw();
        }

        return BpfException.ThrowIfFailed(result, "reading a ring");
    }

    /// <summary>Waits for records and hands them to the handler, on a thread of its own, until cancelled.</summary>
    /// <param name="ct">Ends it.</param>
    /// <returns>When it has ended; faulted when the handler threw.</returns>
    public Task RunAsync(CancellationToken ct) =>
        Task.Factory.StartNew(() => Run(ct), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <inheritdoc/>
    public void Dispose() => _ring.Dispose();

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static unsafe int OnRecord(nint context, byte* data, nuint size)
    {
        if (GCHandle.FromIntPtr(context).Target is not BpfRingBuffer ring)
        {
            return -BpfErrno.Invalid;
        }

        try
        {
            ring._handler(new ReadOnlySpan<byte>(data, (int)size));
            return 0;
        }
        catch (Exception failure)
        {
            // It may not cross libbpf's frames; the call that reads throws it.
            ring._failure = ExceptionDispatchInfo.Capture(failure);
            return -BpfErrno.Invalid;
        }
    }

    private unsafe void Run(CancellationToken ct)
    {
        using var wake = new SafeWakeEvent();
        using var registration = ct.UnsafeRegister(static e => ((SafeWakeEvent)e!).Set(), wake);
        var waits = stackalloc LibC.PollEntry[2];
        while (!ct.IsCancellationRequested)
        {
            waits[0] = new LibC.PollEntry { Descriptor = LibBpf.GetRingDescriptor(_ring), Events = PollIn };
            waits[1] = new LibC.PollEntry { Descriptor = wake.Descriptor, Events = PollIn };
            if (LibC.Poll(waits, 2, -1) < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw BpfException.FromLastError("waiting for records of a ring");
            }

            Consume();
        }
    }
}
