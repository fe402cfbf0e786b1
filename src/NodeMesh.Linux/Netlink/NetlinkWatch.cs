using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Interop;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Linux.Netlink;

/// <summary>Tells that something of one kind has changed in a network namespace; what it was is for whoever is told to find out.</summary>
public sealed class NetlinkWatch : IEventTarget, IDisposable
{
    private const int AddressFamilyNetlink = 16;
    private const int LevelNetlink = 270;
    private const int AddMembership = 1;
    private const int RouteProtocol = 0;
    private const int NetfilterProtocol = 12;
    private const uint LinkGroup = 1;
    private const uint RuleGroup = 7;

    /// <summary>Size of <c>struct sockaddr_nl</c>.</summary>
    private const int NameSize = 12;
    private const int Room = 8192;

    private readonly SocketDescriptor _socket;
    private readonly ReadySignal _changed = new() { RunsElsewhere = true };
    private readonly EventLoop _loop = EventLoop.All[0];
    private readonly EventRegistration _registration;
    private int _isDisposed;

    private NetlinkWatch(SocketDescriptor socket)
    {
        _socket = socket;
        _registration = _loop.Add((int)socket.DangerousGetHandle(), this);
    }

    /// <summary>Begins to watch.</summary>
    /// <param name="broker">Makes sockets in namespaces.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="group">What of it.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>To be disposed, which ends it.</returns>
    /// <exception cref="NetworkNamespaceException">The namespace could not be entered.</exception>
    /// <exception cref="SocketException">The kernel does not tell of it, or no descriptors are left.</exception>
    public static async Task<NetlinkWatch> OpenAsync(NetworkNamespaceBroker broker, NetworkNamespace ns, NetlinkGroup group, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(broker);
        var socket = await broker.CreateNetlinkSocketAsync(ns, group == NetlinkGroup.Links ? RouteProtocol : NetfilterProtocol, ct);
        try
        {
            Join(socket, group == NetlinkGroup.Links ? LinkGroup : RuleGroup);
            return new NetlinkWatch(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a change; one since the last wait counts. One waiter.</summary>
    /// <returns>When something has changed, or the watch has ended.</returns>
    public ValueTask WaitAsync() => _changed.WaitAsync();

    /// <summary>Wakes the waiter as a change would.</summary>
    public void Wake() => _changed.Set();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        _loop.Remove(_registration);
        // A call may be under way there, and the descriptor's number must not be another's by then.
        _loop.Schedule(new Closing(_socket));
        _changed.Set();
    }

    unsafe void IEventTarget.OnEvents(uint events)
    {
        if (Volatile.Read(ref _isDisposed) != 0)
        {
            return;
        }

        // Edge-triggered: all of it. A queue that has overflowed (ENOBUFS) is a change as well.
        var room = stackalloc byte[Room];
        while (EventCalls.Receive((int)_socket.DangerousGetHandle(), room, Room, EventCalls.MessageDontWait) >= 0 || *_loop.Error == EventCalls.ErrorNoBuffers)
        {
        }

        if ((events & (EventCalls.EpollIn | EventCalls.EpollError)) != 0)
        {
            _changed.Set();
        }
    }

    void IEventTarget.OnFault(Exception fault) => _changed.Set();

    private static unsafe void Join(SocketDescriptor socket, uint group)
    {
        // struct sockaddr_nl: the kernel gives a port of its own.
        var name = stackalloc byte[NameSize];
        new Span<byte>(name, NameSize).Clear();
        MemoryMarshal.Write(new Span<byte>(name, NameSize), (ushort)AddressFamilyNetlink);
        if (EventCalls.Bind(socket, name, NameSize) != 0 || LibC.SetSocketOption(socket, LevelNetlink, AddMembership, &group, sizeof(uint)) != 0)
        {
            throw SocketErrors.LastFailure();
        }
    }

    private sealed class Closing(SocketDescriptor socket) : IThreadPoolWorkItem
    {
        public void Execute() => socket.Dispose();
    }
}
