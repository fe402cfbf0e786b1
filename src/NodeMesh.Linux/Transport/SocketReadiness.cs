using NodeMesh.Linux.Events;
using NodeMesh.Linux.Interop;

namespace NodeMesh.Linux.Transport;

/// <summary>Tells when a socket can be read and written, from one edge-triggered registration. Waiters go on in the loop's thread.</summary>
internal sealed class SocketReadiness : IEventTarget
{
    private readonly EventRegistration _registration;
    private readonly EventLoop _loop;
    private volatile bool _isHungUp;
    private int _isClosed;

    /// <summary>Begins to watch.</summary>
    /// <param name="descriptor">Stays open until <see cref="Close"/>.</param>
    /// <param name="loop">Whose thread waiters go on in.</param>
    internal SocketReadiness(int descriptor, EventLoop loop)
    {
        _loop = loop;
        _registration = loop.Add(descriptor, this);
    }

    /// <summary>Set when there may be something to read.</summary>
    internal ReadySignal Readable { get; } = new();

    /// <summary>Set when there may be room to write.</summary>
    internal ReadySignal Writable { get; } = new();

    /// <summary>The loop.</summary>
    internal EventLoop Loop => _loop;

    /// <summary>True once the peer's end or an error is among what can be read: no further edge will tell of it.</summary>
    internal bool IsHungUp => _isHungUp;

    /// <summary>Stops watching; before the socket is closed. Whoever waits is woken by the caller, afterwards.</summary>
    internal void Close()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _loop.Remove(_registration);
        }
    }

    /// <summary>As <see cref="Close"/>, where the descriptor is closed next and has no duplicate.</summary>
    internal void CloseWithDescriptor()
    {
        if (Interlocked.Exchange(ref _isClosed, 1) == 0)
        {
            _loop.Forget(_registration);
        }
    }

    /// <summary>Wakes the reader in the loop's thread; from any thread, whatever locks it holds.</summary>
    internal void WakeReader() => _loop.Post(Readable);

    /// <summary>Wakes the writer in the loop's thread; from any thread, whatever locks it holds.</summary>
    internal void WakeWriter() => _loop.Post(Writable);

    void IEventTarget.OnEvents(uint events)
    {
        const uint hungUp = EventCalls.EpollPeerHangUp | EventCalls.EpollHangUp | EventCalls.EpollError;
        if ((events & hungUp) != 0)
        {
            _isHungUp = true;
        }

        if ((events & (EventCalls.EpollIn | hungUp)) != 0)
        {
            Readable.Set();
        }

        if ((events & (EventCalls.EpollOut | EventCalls.EpollHangUp | EventCalls.EpollError)) != 0)
        {
            Writable.Set();
        }
    }

    void IEventTarget.OnFault(Exception fault)
    {
        // What a waiter throws goes to its own task, never here.
        Close();
    }
}
