using System.Net.Sockets;

namespace NodeMesh.Linux.Namespaces;

/// <summary>Makes the runtime start its own threads now, while no thread is in a foreign namespace.</summary>
internal static class RuntimeWarmUp
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Starts the socket engine, the pool's first workers and the timer's thread.</summary>
    /// <exception cref="NetworkNamespaceException">They did not start: going on could start them in a tenant's namespace.</exception>
    internal static void Run()
    {
        using var done = new CountdownEvent(2 + Environment.ProcessorCount);
        using var timer = new Timer(static state => ((CountdownEvent)state!).Signal(), done, TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        for (var i = 0; i < Environment.ProcessorCount; i++)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static state => state.Signal(), done, preferLocal: false);
        }

        // An abstract Unix address works where the loopback device is still down.
        var address = new UnixDomainSocketEndPoint($"\0nodemesh-warm-up-{Environment.ProcessId}-{Guid.NewGuid():N}");
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(address);
        listener.Listen(1);
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        client.Connect(address);
        using var server = listener.Accept();
        using var receive = new SocketAsyncEventArgs();
        receive.SetBuffer(new byte[1], 0, 1);
        receive.Completed += (_, _) => done.Signal();
        if (!server.ReceiveAsync(receive))
        {
            done.Signal();
        }

        client.Send("x"u8);
        if (!done.Wait(Patience))
        {
            throw new NetworkNamespaceException("the runtime's threads did not start within 10 s");
        }
    }
}
