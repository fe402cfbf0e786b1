using NodeMesh.Capture.Forwarding;

namespace NodeMesh.Proxy.State;

/// <summary>Bytes that a connection has moved so far. Written by the two copy loops, read by anybody at any time. A connection between two pods of this node has two records that share one.</summary>
internal sealed class TransferCounters
{
    private long _received;
    private long _sent;
    private volatile KernelPair? _kernel;
    private volatile KernelLegs? _legs;

    /// <summary>Bytes from the client to the server (the request direction; <c>istio_tcp_received_bytes_total</c>).</summary>
    public long Received => Volatile.Read(ref _received) + PastProxy.RequestBytes;

    /// <summary>Bytes from the server to the client (the response direction; <c>istio_tcp_sent_bytes_total</c>).</summary>
    public long Sent => Volatile.Read(ref _sent) + PastProxy.ResponseBytes;

    /// <summary>The same connection's part that moves in the kernel, whose bytes count here as well; null while there is none.</summary>
    public KernelPair? Kernel
    {
        get => _kernel;
        set => _kernel = value;
    }

    /// <summary>What moved past the proxy.</summary>
    private KernelTransfer PastProxy => _kernel is { IsLeg: false } kernel ? kernel.Transfer : default;

    /// <summary>Its legs to applications that may move in the kernel, whose bytes pass the proxy; null while there are none.</summary>
    public KernelLegs? Legs
    {
        get => _legs;
        set => _legs = value;
    }

    /// <summary>How many legs move messages in the kernel now.</summary>
    public int ActiveLegs => (_kernel is { IsLeg: true, IsActive: true } ? 1 : 0) + (_legs?.Active ?? 0);

    /// <summary>How many legs have moved messages in the kernel.</summary>
    public int LegsOnceActive => (_kernel is { IsLeg: true, WasActive: true } ? 1 : 0) + (_legs?.OnceActive ?? 0);

    /// <summary>Counts bytes from the client. One writer at a time.</summary>
    /// <param name="bytes">How many.</param>
    public void AddReceived(long bytes)
    {
        Volatile.Write(ref _received, _received + bytes);
        _kernel?.Passed();
        _legs?.Passed(bytes);
    }

    /// <summary>Counts bytes from the server. One writer at a time.</summary>
    /// <param name="bytes">How many.</param>
    public void AddSent(long bytes)
    {
        Volatile.Write(ref _sent, _sent + bytes);
        _kernel?.Passed();
        _legs?.Passed(bytes);
    }
}
