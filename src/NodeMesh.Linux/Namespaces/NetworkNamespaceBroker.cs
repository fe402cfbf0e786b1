using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using NodeMesh.Linux.Interop;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Linux.Namespaces;

/// <summary>
/// The one thread of the process that enters other network namespaces. A thread that is created while its creator is in a foreign namespace stays
/// there for ever, and with it whatever the runtime runs on it; so this thread makes nothing there but sockets, and calls nothing that could start a thread.
/// </summary>
public sealed class NetworkNamespaceBroker : IDisposable
{
    // A process may have several brokers (tests do); each of their threads is where it should be.
    private static readonly ConcurrentDictionary<int, NetworkNamespaceBroker> BrokerThreads = new();

    private readonly NetworkNamespace _home;
    // A monitor, since its waiter sleeps at once: what the base library's collection does first costs a busy pod's every connection more than its socket.
    private readonly object _gate = new();
    private readonly Queue<NamespaceOrder> _orders = new();
    private readonly Thread _thread;
    private bool _isDisposed;

    /// <summary>Starts the runtime's own threads (socket engine, pool, timers) in the home namespace, and then the broker's.</summary>
    /// <exception cref="NetworkNamespaceException">The home namespace cannot be opened.</exception>
    public NetworkNamespaceBroker()
    {
        _home = NetworkNamespace.OpenCurrent();
        RuntimeWarmUp.Run();
        _thread = new Thread(Run) { IsBackground = true, Name = "netns-broker" };
        _thread.Start();
    }

    /// <summary>The namespace that the process lives in.</summary>
    public NetworkNamespaceId Home => _home.Id;

    /// <summary>Makes a socket that belongs to a namespace for its whole life: bind, listen and connect act there from any thread.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="type">Stream or datagram.</param>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="ct">Gives up waiting; the socket is then closed.</param>
    /// <returns>The socket: not bound, not connected, closed on exec.</returns>
    /// <exception cref="NetworkNamespaceException">The namespace could not be entered.</exception>
    /// <exception cref="SocketException">The kernel refused the socket (address family off, no descriptors left).</exception>
    /// <exception cref="ObjectDisposedException">The broker is disposed.</exception>
    public Task<Socket> CreateSocketAsync(NetworkNamespace ns, AddressFamily family, SocketType type, ProtocolType protocol, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ns);
        if (ct.IsCancellationRequested)
        {
            return Task.FromCanceled<Socket>(ct);
        }

        var order = new SocketOrder(ns, family, type, protocol);
        Enqueue(order);
        return order.WaitAsync(ct);
    }

    /// <summary>Makes several TCP sockets at one entry, which costs little more than one does: non-blocking, not bound, not connected.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="family">IPv4 or IPv6.</param>
    /// <param name="count">How many; fewer come where the kernel refuses some.</param>
    /// <param name="ct">Gives up waiting; the sockets are then closed.</param>
    /// <returns>At least one socket.</returns>
    /// <exception cref="NetworkNamespaceException">The namespace could not be entered.</exception>
    /// <exception cref="SocketException">The kernel refused even one.</exception>
    /// <exception cref="ObjectDisposedException">The broker is disposed.</exception>
    public Task<SocketDescriptor[]> CreateStreamsAsync(NetworkNamespace ns, AddressFamily family, int count, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ns);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (ct.IsCancellationRequested)
        {
            return Task.FromCanceled<SocketDescriptor[]>(ct);
        }

        var order = new DescriptorOrder(ns, family, count);
        Enqueue(order);
        return order.WaitAsync(ct);
    }

    /// <summary>Makes a socket that speaks with a part of the kernel about a namespace (netlink(7)): non-blocking, not bound.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="protocol">Which part: <c>NETLINK_ROUTE</c> (0), <c>NETLINK_NETFILTER</c> (12) or another.</param>
    /// <param name="ct">Gives up waiting; the socket is then closed.</param>
    /// <returns>The socket.</returns>
    /// <exception cref="NetworkNamespaceException">The namespace could not be entered.</exception>
    /// <exception cref="SocketException">The kernel has no such part, or no descriptors are left.</exception>
    /// <exception cref="ObjectDisposedException">The broker is disposed.</exception>
    public async Task<SocketDescriptor> CreateNetlinkSocketAsync(NetworkNamespace ns, int protocol, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(ns);
        ct.ThrowIfCancellationRequested();
        var order = new DescriptorOrder(ns, protocol);
        Enqueue(order);
        return (await order.WaitAsync(ct))[0];
    }

    /// <summary>Looks for threads of this process outside the home namespace. One found is a bug: its work would reach into a tenant's network.</summary>
    /// <returns>Thread ids; empty in a sound process. The brokers' own threads are not counted.</returns>
    public IReadOnlyList<int> FindStrayThreads()
    {
        var strays = new List<int>();
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            var id = int.Parse(Path.GetFileName(task), CultureInfo.InvariantCulture);
            // A thread that ended meanwhile has no namespace any more.
            if (!BrokerThreads.ContainsKey(id) && NetworkNamespace.ReadId(task + "/ns/net") is { } actual && actual != _home.Id)
            {
                strays.Add(id);
            }
        }

        return strays;
    }

    /// <summary>Ends the thread after the orders that it already has.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            Monitor.Pulse(_gate);
        }

        _thread.Join();
        _home.Dispose();
    }

    private void Enqueue(NamespaceOrder order)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            _orders.Enqueue(order);
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>The next order; null after the last.</summary>
    private NamespaceOrder? Take()
    {
        lock (_gate)
        {
            while (_orders.Count == 0)
            {
                if (_isDisposed)
                {
                    return null;
                }

                Monitor.Wait(_gate);
            }

            return _orders.Dequeue();
        }
    }

    private void Run()
    {
        var id = LibC.GetThreadId();
        BrokerThreads[id] = this;
        try
        {
            while (Take() is { } order)
            {
                Serve(order);
            }
        }
        finally
        {
            BrokerThreads.TryRemove(id, out _);
        }
    }

    private unsafe void Serve(NamespaceOrder order)
    {
        if (order.IsAbandoned)
        {
            return;
        }

        var held = false;
        try
        {
            order.Namespace.Handle.DangerousAddRef(ref held);
            NamespaceEntryResult result;
            var room = order.Descriptors;
            fixed (int* descriptors = room)
            {
                result = NamespaceEntry.CreateSockets(
                    (int)order.Namespace.Handle.DangerousGetHandle(),
                    (int)_home.Handle.DangerousGetHandle(),
                    order.LinuxFamily,
                    order.LinuxType,
                    order.LinuxProtocol,
                    descriptors,
                    room.Length);
            }

            RequireHome();
            order.Complete(result);
        }
        catch (ObjectDisposedException)
        {
            order.Fail(new NetworkNamespaceException($"network namespace {order.Namespace.Path} was closed"));
        }
        finally
        {
            if (held)
            {
                order.Namespace.Handle.DangerousRelease();
            }
        }
    }

    /// <summary>A thread that could not return would give one tenant's network to everybody: nothing may run after that.</summary>
    private void RequireHome()
    {
        if (NetworkNamespace.ReadId("/proc/thread-self/ns/net") != _home.Id)
        {
            Environment.FailFast("netns-broker could not return to the home network namespace");
        }
    }
}
