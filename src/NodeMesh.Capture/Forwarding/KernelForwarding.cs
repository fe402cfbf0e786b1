using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Bpf;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Capture.Forwarding;

/// <summary>
/// In-kernel forwarding: the sockets of two applications of this node are paired, and what one sends goes straight into the other's receive queue, in order
/// and only while there is room; everything else takes the ordinary way through the proxy, whose connections stay open beneath. Stopping it ends no connection.
/// </summary>
public sealed partial class KernelForwarding : IAsyncDisposable
{
    private readonly ForwardingTables _tables;
    private readonly ILogger _log;
    private readonly ConcurrentDictionary<ulong, KernelPair> _pairs = new();
    private readonly ConcurrentDictionary<ulong, IApplicationEnds> _ends = new();
    private readonly ConcurrentQueue<int> _free = new();
    private readonly Lock _seeking = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly BpfRingBuffer _events;
    private readonly Task _watching;
    private readonly KernelWatch _watch;
    private long _activated;
    private long _legs;
    private long _bytes;
    private long _messages;

    private KernelForwarding(ForwardingTables tables, ILogger log)
    {
        _tables = tables;
        _log = log;
        for (var i = 0; i < tables.Directions.Count / 2; i++)
        {
            _free.Enqueue(i);
        }

        _watch = new KernelWatch(tables);
        _events = tables.OpenEvents(OnFound);
        _watching = WatchAsync();
    }

    /// <summary>Connections that have been forwarded in the kernel.</summary>
    public long Activated => Volatile.Read(ref _activated);

    /// <summary>Connections that are forwarded in the kernel now.</summary>
    public int Active => _pairs.Values.Count(p => p.IsActive && !p.IsLeg) / 2;

    /// <summary>Legs between an application and the proxy on which messages have moved in the kernel.</summary>
    public long Legs => Volatile.Read(ref _legs);

    /// <summary>Legs on which they move now.</summary>
    public int ActiveLegs => _pairs.Values.Count(p => p.IsActive && p.IsLeg) / 2;

    /// <summary>Bytes and messages that connections which have ended moved in the kernel.</summary>
    public (long Bytes, long Messages) Moved => (Volatile.Read(ref _bytes), Volatile.Read(ref _messages));

    internal ForwardingTables Tables => _tables;

    internal KernelWatch Watching => _watch;

    /// <summary>Loads it and proves by a transfer of its own that this kernel keeps order, accounts and counts as it relies on.</summary>
    /// <param name="log">Told of what goes wrong.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The running engine.</returns>
    /// <exception cref="CaptureException">This machine cannot do it; the message says why.</exception>
    public static async Task<KernelForwarding> StartAsync(ILogger log, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(log);
        KernelForwarding forwarding;
        try
        {
            forwarding = new KernelForwarding(ForwardingTables.Open(), log);
        }
        catch (Exception e) when (e is IOException or DllNotFoundException or UnauthorizedAccessException)
        {
            throw new CaptureException($"in-kernel forwarding cannot be loaded: {FirstLine(e.Message)}", e);
        }

        try
        {
            await ForwardingSelfTest.RunAsync(forwarding, ct);
            return forwarding;
        }
        catch
        {
            await forwarding.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the pod of a network namespace take part.</summary>
    /// <param name="networkNamespace">The namespace's cookie.</param>
    /// <param name="onlyLegs">True where its connections are never paired past the proxy: then nothing is noted as they are established.</param>
    /// <param name="ends">How its applications' ends are named in their own sockets; null where the proxy's names are theirs.</param>
    public void AddNamespace(ulong networkNamespace, bool onlyLegs = false, IApplicationEnds? ends = null)
    {
        if (ends is not null)
        {
            _ends[networkNamespace] = ends;
        }

        _tables.Namespaces.Set(networkNamespace, onlyLegs ? ForwardNotes.Legs : ForwardNotes.Ends);
    }

    /// <summary>Lets it take part no more; connections that are paired stay so.</summary>
    /// <param name="networkNamespace">The namespace's cookie.</param>
    public void RemoveNamespace(ulong networkNamespace)
    {
        _tables.Namespaces.Delete(networkNamespace);
        _ends.TryRemove(networkNamespace, out _);
    }

    /// <summary>Announces that a socket is about to connect to an application whose end may be paired; for those without the mark of a delivery.</summary>
    /// <param name="delivering">The proxy's socket, not connected yet.</param>
    public void Expect(SafeHandle delivering)
    {
        ArgumentNullException.ThrowIfNull(delivering);
        try
        {
            _tables.Deliverers.Set(delivering, 1);
        }
        catch (BpfException e)
        {
            LogNotExpected(e.Message);
        }
    }

    /// <summary>
    /// Pairs the two applications of a forwarded connection, which has to be authorised. Messages move in the kernel once a few have passed the proxy and both
    /// have shown that they use their sockets in a non-blocking way.
    /// </summary>
    /// <param name="accepted">The proxy's end towards the client.</param>
    /// <param name="dialled">What the client dialled.</param>
    /// <param name="delivering">The proxy's end towards the server, marked as a delivery or known to <see cref="Expect"/>.</param>
    /// <returns>The pair, which the caller disposes when the connection has ended; null when the client's end takes no part.</returns>
    public KernelPair? Pair(SafeHandle accepted, IPEndPoint dialled, SafeHandle delivering)
    {
        ArgumentNullException.ThrowIfNull(delivering);
        if (TakeClient(accepted, dialled) is not { } client || delivering.GetLocalName() is not { } local || delivering.GetPeerName() is not { } remote)
        {
            return null;
        }

        return new KernelPair(this, client, new ForwardEndKey(delivering.GetNetworkNamespaceCookie(), remote, local), accepted, delivering);
    }

    /// <summary>Joins a client's application and the proxy's end towards it, for a connection whose bytes the proxy has to see. Nothing is asked of the kernel before a few messages have passed.</summary>
    /// <param name="accepted">The proxy's end.</param>
    /// <param name="dialled">What the client dialled.</param>
    /// <returns>The leg, which the caller disposes when the connection has ended.</returns>
    public KernelPair ClientLeg(SafeHandle accepted, IPEndPoint dialled) => new(this, accepted, dialled);

    /// <summary>The same for a server's application.</summary>
    /// <param name="delivering">The proxy's end, marked as a delivery or known to <see cref="Expect"/>.</param>
    /// <returns>The leg, which the caller disposes when the connection has ended.</returns>
    public KernelPair ServerLeg(SafeHandle delivering) => new(this, delivering, null);

    /// <summary>Sends everything the ordinary way from now on; no byte is lost.</summary>
    public void DisableAll()
    {
        foreach (var pair in _pairs.Values)
        {
            pair.Disable();
        }
    }

    /// <summary>Detaches programs that no pair needs: to be called about once a second.</summary>
    public void Tick() => _watch.Tick();

    /// <summary>Counts what the programs' maps hold: for tests and diagnosis, as it goes over all of it.</summary>
    /// <returns>The counts; all zero when no connection that takes part is open.</returns>
    public KernelForwardingEntries CountEntries() => new(
        _tables.Ends.Enumerate().Count(), _tables.Deliveries.Enumerate().Count(), _tables.Pairs.Enumerate().Count(), _tables.Wanted.Enumerate().Count(), _tables.Sockets.EnumerateKeys().Count());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        DisableAll();
        await _stopping.CancelAsync();
        await _watching;
        _watch.Dispose();
        _events.Dispose();
        _tables.Dispose();
        _stopping.Dispose();
    }

    /// <summary>The name that an application's socket has for itself, where that is another one than the proxy has for it.</summary>
    /// <param name="ns">The network namespace of both.</param>
    /// <param name="own">The proxy's end.</param>
    /// <param name="application">The application's, as the proxy's socket has it.</param>
    /// <param name="isDelivery">True where the proxy has dialled it.</param>
    internal ForwardEndKey? TranslatedName(ulong ns, IPEndPoint own, IPEndPoint application, bool isDelivery) =>
        _ends.TryGetValue(ns, out var ends) && ends.Find(own, application, isDelivery) is var (local, remote) ? new ForwardEndKey(ns, local, remote) : null;

    /// <summary>Has the programs look for an application's end.</summary>
    /// <param name="names">The names that it may have.</param>
    /// <param name="direction">The direction that it sends in.</param>
    internal void Seek(ReadOnlySpan<ForwardEndKey> names, uint direction)
    {
        lock (_seeking)
        {
            foreach (var name in names)
            {
                _tables.Wanted.Set(name, direction);
            }
        }
    }

    /// <summary>Ends that, unless the name is another connection's by now: a client may use its port again before the end of the earlier one is known.</summary>
    /// <param name="names">The names.</param>
    /// <param name="direction">The direction.</param>
    internal void SeekNoMore(ReadOnlySpan<ForwardEndKey> names, uint direction)
    {
        lock (_seeking)
        {
            foreach (var name in names)
            {
                if (_tables.Wanted.TryGetValue(name, out var current) && current == direction)
                {
                    _tables.Wanted.Delete(name);
                }
            }
        }
    }

    internal bool TryRent(out int slot) => _free.TryDequeue(out slot);

    internal void Return(int slot) => _free.Enqueue(slot);

    internal void Watch(ulong cookie, KernelPair pair) => _pairs[cookie] = pair;

    internal void Unwatch(ulong cookie) => _pairs.TryRemove(cookie, out _);

    internal void CountActivated(bool isLeg) => Interlocked.Increment(ref isLeg ? ref _legs : ref _activated);

    internal void CountMoved(KernelTransfer transfer)
    {
        Interlocked.Add(ref _bytes, transfer.Bytes);
        Interlocked.Add(ref _messages, transfer.Messages);
    }

    internal void ReportFailure(string what) => LogFailed(what);

    private static string FirstLine(string text) => text.Split('\n')[0];

    private ForwardEnd? TakeClient(SafeHandle accepted, IPEndPoint dialled)
    {
        ArgumentNullException.ThrowIfNull(accepted);
        ArgumentNullException.ThrowIfNull(dialled);
        // Redirected on its way, the client's socket still has what it dialled; redirected as it connected, the listener's address.
        try
        {
            if (accepted.GetPeerName() is not { } client || accepted.GetLocalName() is not { } listener)
            {
                return null;
            }

            var ns = accepted.GetNetworkNamespaceCookie();
            return _tables.Ends.TryTake(new ForwardEndKey(ns, client, dialled), out var end)
                || _tables.Ends.TryTake(new ForwardEndKey(ns, client, listener), out end)
                || (TranslatedName(ns, listener, client, isDelivery: false) is { } name && _tables.Ends.TryTake(name, out end))
                ? end
                : null;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or BpfException)
        {
            // The client has gone meanwhile.
            return null;
        }
    }

    private void OnFound(ForwardFound found)
    {
        if (_pairs.TryGetValue(found.Peer != 0 ? found.Peer : found.Cookie, out var pair))
        {
            if (found.IsStuck)
            {
                LogStuck();
            }

            pair.Found(found);
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            await _events.RunAsync(_stopping.Token);
        }
        catch (Exception e)
        {
            // Connections go on the ordinary way.
            LogWatchFailed(e);
        }
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Debug, Message = "a connection stays on the ordinary path: {Reason}")]
    private partial void LogFailed(string reason);

    [LoggerMessage(EventId = 2, Level = LogLevel.Debug, Message = "a connection stays on the ordinary path, its delivery cannot be announced: {Reason}")]
    private partial void LogNotExpected(string reason);

    [LoggerMessage(EventId = 4, Level = LogLevel.Warning, Message = "a connection in the kernel is reset: its application has used recv, and reads by splice or zero-copy receive now, which miss what waits for it; its access line names the pods, annotate them with nodemesh.io/in-kernel-forwarding: disabled")]
    private partial void LogStuck();

    [LoggerMessage(EventId = 3, Level = LogLevel.Error, Message = "no further connection is forwarded in the kernel: the programs' events cannot be read")]
    private partial void LogWatchFailed(Exception exception);
}
