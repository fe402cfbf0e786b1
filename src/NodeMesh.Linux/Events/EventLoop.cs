using System.Collections.Concurrent;
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Events;

/// <summary>
/// One thread that waits for events of many descriptors (epoll(7), edge-triggered: one registration for a connection's whole life) and tells their targets.
/// Nothing on it may wait. Posting, adding and removing are for any thread; the rest is for the loop's own.
/// </summary>
public sealed unsafe class EventLoop : IDisposable
{
    private const int Batch = 256;
    private const int ScratchSize = 64 * 1024;
    private const ulong WakeToken = ulong.MaxValue;

    /// <summary>Rounds of events after which what waits for a quiet moment is done without one.</summary>
    private const int MostBusyRounds = 4;

    [ThreadStatic]
    private static EventLoop? _current;

    private readonly Lock _gate = new();
    private readonly ConcurrentQueue<IThreadPoolWorkItem> _posted = new();
    private readonly Queue<IEventTarget> _again = new();
    private readonly Queue<IThreadPoolWorkItem> _deferred = new();
    private readonly Queue<IThreadPoolWorkItem> _quiet = new();
    private int _busyRounds;
    private readonly Stack<int> _freeSlots = new();
    private readonly Thread _thread;
    private readonly int _epoll;
    private readonly int _wake;
    private EventRegistration?[] _slots = new EventRegistration?[64];
    private int _usedSlots;
    private uint _generation;
    private int _isWoken;
    private int _registered;
    private bool _isStopping;

    /// <summary>Starts the thread.</summary>
    /// <param name="name">Its name.</param>
    internal EventLoop(string name)
    {
        _epoll = Check(EventCalls.EpollCreate(EventCalls.EpollCloseOnExec), "epoll_create1");
        _wake = Check(EventCalls.EventDescriptor(0, EventCalls.EventNonBlocking | EventCalls.EventCloseOnExec), "eventfd");
        Control(EventCalls.EpollAdd, _wake, EventCalls.EpollIn | EventCalls.EpollEdge, WakeToken);
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>How many descriptors it watches.</summary>
    internal int Registered => Volatile.Read(ref _registered);

    /// <summary>The loop whose thread this is; null on every other thread.</summary>
    public static EventLoop? Current => _current;

    /// <summary>The process's loops, one per processor; always the same ones in the same order.</summary>
    public static IReadOnlyList<EventLoop> All => EventLoopGroup.Shared.Loops;

    /// <summary>The loop for a connection that was just accepted: this thread's, unless it has more to do than another one.</summary>
    public static EventLoop ForAccepted => EventLoopGroup.Shared.ForAccepted();

    /// <summary>True on the loop's own thread.</summary>
    public bool IsCurrent => _current == this;

    /// <summary>Memory for what is received and sent on in one turn; for the loop's thread.</summary>
    internal byte* Scratch { get; private set; }

    /// <summary>Length of <see cref="Scratch"/>.</summary>
    internal static int ScratchLength => ScratchSize;

    /// <summary>The error number of the last call of the loop's thread.</summary>
    internal int* Error { get; private set; }

    /// <summary>Pipes for splicing; for the loop's thread.</summary>
    internal SplicePipePool Pipes { get; } = new();

    /// <summary>Tells a target of all events of a descriptor from now on, and of those that hold already.</summary>
    /// <param name="descriptor">Must stay open until <see cref="Remove"/>.</param>
    /// <param name="target">Who is told.</param>
    /// <returns>For <see cref="Remove"/>.</returns>
    internal EventRegistration Add(int descriptor, IEventTarget target)
    {
        EventRegistration registration;
        lock (_gate)
        {
            var slot = _freeSlots.Count > 0 ? _freeSlots.Pop() : _usedSlots++;
            if (slot == _slots.Length)
            {
                var grown = new EventRegistration?[_slots.Length * 2];
                _slots.CopyTo(grown, 0);
                Volatile.Write(ref _slots, grown);
            }

            registration = new EventRegistration(descriptor, target, ((ulong)++_generation << 32) | (uint)slot);
            Volatile.Write(ref _slots[slot], registration);
            _registered++;
        }

        try
        {
            Control(EventCalls.EpollAdd, descriptor, EventCalls.EpollIn | EventCalls.EpollOut | EventCalls.EpollPeerHangUp | EventCalls.EpollEdge, registration.Token);
        }
        catch
        {
            Forget(registration);
            throw;
        }

        return registration;
    }

    /// <summary>Ends what <see cref="Add"/> began. On the loop's thread nothing is told afterwards; elsewhere a call may still be under way.</summary>
    /// <param name="registration">What it returned.</param>
    internal void Remove(EventRegistration registration)
    {
        // Fails only where the descriptor is closed already, which removes it as well.
        _ = EventCalls.EpollControl(_epoll, EventCalls.EpollDelete, registration.Descriptor, null);
        Forget(registration);
    }

    /// <summary>As <see cref="Remove"/>, for a descriptor that nobody else has and that is closed next: the kernel forgets it by itself (epoll(7)).</summary>
    /// <param name="registration">What <see cref="Add"/> returned.</param>
    internal void Forget(EventRegistration registration)
    {
        var slot = (int)(uint)registration.Token;
        lock (_gate)
        {
            if (_slots[slot] == registration)
            {
                _slots[slot] = null;
                _freeSlots.Push(slot);
                _registered--;
            }
        }
    }

    /// <summary>Runs something on the loop's thread, soon.</summary>
    /// <param name="work">Must not wait for anything, nor throw.</param>
    internal void Post(IThreadPoolWorkItem work)
    {
        _posted.Enqueue(work);
        if (Interlocked.Exchange(ref _isWoken, 1) == 0)
        {
            var one = 1UL;
            _ = EventCalls.Write(_wake, &one, sizeof(ulong));
        }
    }

    /// <summary>Calls a target again after the other targets' turns; for the loop's thread.</summary>
    /// <param name="target">Whom.</param>
    internal void CallAgain(IEventTarget target) => _again.Enqueue(target);

    /// <summary>Runs something after the events that were fetched together, so that what they cause can be done at once for all of them; for the loop's thread.</summary>
    /// <param name="work">Must not wait for anything, nor throw.</param>
    internal void Defer(IThreadPoolWorkItem work) => _deferred.Enqueue(work);

    /// <summary>
    /// Runs something on the loop's thread once no more events are waiting, or after a few rounds of them: what many connections have to say then leaves
    /// together, and a loop that has little to do loses no time by it.
    /// </summary>
    /// <param name="work">Must not wait for anything, nor throw.</param>
    public void ScheduleWhenQuiet(IThreadPoolWorkItem work)
    {
        if (IsCurrent)
        {
            _quiet.Enqueue(work);
        }
        else
        {
            Post(work);
        }
    }

    /// <summary>Runs something on the loop's thread: after the events at hand where this is it, else soon.</summary>
    /// <param name="work">Must not wait for anything, nor throw.</param>
    public void Schedule(IThreadPoolWorkItem work)
    {
        if (IsCurrent)
        {
            Defer(work);
        }
        else
        {
            Post(work);
        }
    }

    /// <summary>Stops the thread. Targets that are still registered are not told anything any more.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _isStopping, true);
        Post(Nothing.Instance);
        if (!IsCurrent)
        {
            _thread.Join();
        }
    }

    private static int Check(int result, string call) =>
        result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError(), $"{call}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");

    private void Control(int operation, int descriptor, uint events, ulong token)
    {
        var one = stackalloc byte[EventCalls.EventSize];
        Unsafe.WriteUnaligned(one, events);
        Unsafe.WriteUnaligned(one + EventCalls.EventDataOffset, token);
        _ = Check(EventCalls.EpollControl(_epoll, operation, descriptor, one), "epoll_ctl");
    }

    private void Run()
    {
        _current = this;
        Error = EventCalls.ErrorLocation();
        Scratch = (byte*)NativeMemory.AlignedAlloc(ScratchSize, 4096);
        var events = (byte*)NativeMemory.Alloc((nuint)(Batch * EventCalls.EventSize));
        while (!Volatile.Read(ref _isStopping))
        {
            var count = EventCalls.EpollWait(_epoll, events, Batch, _again.Count + _deferred.Count + _quiet.Count > 0 ? 0 : -1);
            for (var i = 0; i < count; i++)
            {
                var at = events + (i * EventCalls.EventSize);
                Dispatch(Unsafe.ReadUnaligned<uint>(at), Unsafe.ReadUnaligned<ulong>(at + EventCalls.EventDataOffset));
            }

            for (var left = _again.Count; left > 0; left--)
            {
                Call(_again.Dequeue(), 0);
            }

            for (var left = _deferred.Count; left > 0; left--)
            {
                _deferred.Dequeue().Execute();
            }

            if (_quiet.Count > 0 && (count <= 0 || ++_busyRounds == MostBusyRounds))
            {
                RunQuiet();
            }
        }

        NativeMemory.Free(events);
        NativeMemory.AlignedFree(Scratch);
        Pipes.Dispose();
        _ = LibC.Close(_wake);
        _ = LibC.Close(_epoll);
    }

    private void RunQuiet()
    {
        _busyRounds = 0;
        for (var left = _quiet.Count; left > 0; left--)
        {
            _quiet.Dequeue().Execute();
        }
    }

    private void Dispatch(uint bits, ulong token)
    {
        if (token == WakeToken)
        {
            RunPosted();
            return;
        }

        var registration = Volatile.Read(ref _slots)[(int)(uint)token];
        if (registration is not null && registration.Token == token)
        {
            Call(registration.Target, bits);
        }
    }

    private void RunPosted()
    {
        // Drained first: what is posted from here on writes again. Edge-triggered, so the counter need not be read.
        Volatile.Write(ref _isWoken, 0);
        Interlocked.MemoryBarrier();
        for (var left = _posted.Count; left > 0 && _posted.TryDequeue(out var work); left--)
        {
            work.Execute();
        }

        if (!_posted.IsEmpty && Interlocked.Exchange(ref _isWoken, 1) == 0)
        {
            var one = 1UL;
            _ = EventCalls.Write(_wake, &one, sizeof(ulong));
        }
    }

    private static void Call(IEventTarget target, uint bits)
    {
        try
        {
            target.OnEvents(bits);
        }
        catch (Exception e)
        {
            target.OnFault(e);
        }
    }

    private sealed class Nothing : IThreadPoolWorkItem
    {
        internal static Nothing Instance { get; } = new();

        public void Execute()
        {
        }
    }
}
