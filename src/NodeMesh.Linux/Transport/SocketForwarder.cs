using System.ComponentModel;
using NodeMesh.Linux.Events;
using NodeMesh.Linux.Interop;
using NodeMesh.Linux.Sockets;

namespace NodeMesh.Linux.Transport;

/// <summary>
/// Joins two sockets where nothing has to read the bytes: an event loop moves them, with no task, no buffer and no pipe while both are silent. Half-closes
/// pass in each direction by themselves; how resets are answered is the caller's to do, once it is told of them.
/// </summary>
public sealed class SocketForwarder : IThreadPoolWorkItem
{
    /// <summary>Reads from the client between two looks at where they come from; a power of two.</summary>
    private const int ReadsBetweenLooks = 64;

    private readonly TaskCompletionSource<ForwardResult> _result = new();
    private readonly SocketConnection _client;
    private readonly SocketConnection _server;
    private readonly Action? _halfClosed;
    private readonly int _clientDescriptor;
    private volatile EventLoop _loop;
    private readonly Leg _clientLeg;
    private readonly Leg _serverLeg;
    private EventLoop? _seen;
    private EventLoop? _wanted;
    private int _reads;
    private bool _isStarted;
    private bool _isEnded;

    private SocketForwarder(SocketConnection client, SocketConnection server, Action<long> received, Action<long> sent, Action? halfClosed)
    {
        _client = client;
        _server = server;
        _halfClosed = halfClosed;
        _loop = EventLoopGroup.Shared.Near();
        var clientDescriptor = client.Descriptor;
        var serverDescriptor = server.Descriptor;
        _clientDescriptor = clientDescriptor;
        var request = new ForwardPump(client, clientDescriptor, serverDescriptor, received);
        var response = new ForwardPump(server, serverDescriptor, clientDescriptor, sent);
        _clientLeg = new Leg(this, clientDescriptor, request, response);
        _serverLeg = new Leg(this, serverDescriptor, response, request);
    }

    /// <summary>Takes over two connections whose bytes nobody has begun to read or write in part.</summary>
    /// <param name="client">Towards the client.</param>
    /// <param name="server">Towards the server.</param>
    /// <param name="received">Told of bytes that went to the server; on the loop's thread.</param>
    /// <param name="sent">Told of bytes that went to the client; on the loop's thread.</param>
    /// <param name="halfClosed">Told once, after the first of the two directions ended; on the loop's thread.</param>
    /// <returns>Null where one of them is gone, in use, or has something buffered.</returns>
    public static SocketForwarder? TryCreate(SocketConnection client, SocketConnection server, Action<long> received, Action<long> sent, Action? halfClosed)
    {
        ArgumentNullException.ThrowIfNull(client);
        ArgumentNullException.ThrowIfNull(server);
        SocketForwarder forwarder;
        try
        {
            forwarder = new SocketForwarder(client, server, received, sent, halfClosed);
        }
        catch (ObjectDisposedException)
        {
            return null;
        }

        if (!client.TryLend(forwarder))
        {
            return null;
        }

        if (!server.TryLend(forwarder))
        {
            client.GiveBack();
            return null;
        }

        return forwarder;
    }

    /// <summary>Moves bytes until both directions have ended, one end broke, or one of the connections was aborted.</summary>
    /// <returns>How it ended. The continuation runs on the loop's thread: it must not wait for anything.</returns>
    public Task<ForwardResult> RunAsync()
    {
        if (_loop.IsCurrent)
        {
            Execute();
        }
        else
        {
            _loop.Post(this);
        }

        return _result.Task;
    }

    /// <summary>Stops, because one of the connections is to be closed; from any thread.</summary>
    internal void Stop()
    {
        if (_loop.IsCurrent)
        {
            End(ForwardEnd.Aborted, null);
        }
        else
        {
            _loop.Post(new StopOrder(this));
        }
    }

    /// <summary>Begins, or goes on after a move; on the loop's thread.</summary>
    void IThreadPoolWorkItem.Execute() => Execute();

    private void Execute()
    {
        if (_isEnded || _isStarted)
        {
            return;
        }

        _isStarted = true;
        _clientLeg.From.MoveTo(_loop);
        _clientLeg.To.MoveTo(_loop);
        try
        {
            _clientLeg.Open(_loop);
            _serverLeg.Open(_loop);
        }
        catch (Win32Exception e)
        {
            End(ForwardEnd.Fault, e.Message);
        }
    }

    private void OnEvents(Leg leg, uint events)
    {
        const uint hungUp = EventCalls.EpollPeerHangUp | EventCalls.EpollHangUp | EventCalls.EpollError;
        if (_isEnded)
        {
            return;
        }

        if ((events & EventCalls.EpollError) != 0 && leg.From.IsFinished)
        {
            // Nothing would read the error: the peer half-closed long ago, and is now gone altogether.
            End(leg == _clientLeg ? ForwardEnd.ClientBroke : ForwardEnd.ServerBroke, "reset after its half-close");
            return;
        }

        if ((events & (EventCalls.EpollIn | hungUp)) != 0)
        {
            if (leg == _clientLeg && (++_reads & (ReadsBetweenLooks - 1)) == 0)
            {
                Look();
            }

            leg.From.SourceReady((events & hungUp) != 0);
        }

        if ((events & (EventCalls.EpollOut | hungUp)) != 0)
        {
            leg.To.SinkReady();
        }

        var hasMore = Run(leg, leg.From) | (!_isEnded && Run(leg == _clientLeg ? _serverLeg : _clientLeg, leg.To));
        if (hasMore && !_isEnded)
        {
            leg.CallAgain(_loop);
        }
        else if (_wanted is not null && !_isEnded)
        {
            Move(_wanted);
        }
    }

    /// <summary>
    /// Looks by which processor the client's bytes come: on one machine that is where the client runs, and each message that wakes another processor costs
    /// more than forwarding it. Asked before anything is sent, whose acknowledgements come by this thread's. A connection that shows the same one twice
    /// goes to the loop that belongs to it; most connections do not live that long.
    /// </summary>
    private void Look()
    {
        var seen = EventLoopGroup.Shared.Of(_client.Messages?.Processor ?? SocketHandleOptions.GetIncomingProcessor(_clientDescriptor));
        _wanted = seen == _seen && seen != _loop ? seen : null;
        _seen = seen;
    }

    private void Move(EventLoop wanted)
    {
        _wanted = null;
        if (!EventLoopGroup.MayMove(_loop, wanted) || !_clientLeg.From.IsEmpty || !_clientLeg.To.IsEmpty || _clientLeg.IsAgain || _serverLeg.IsAgain)
        {
            return;
        }

        // What was fetched for it here is not told any more, and adding tells anew of all that can be read and written.
        _clientLeg.Close(_loop);
        _serverLeg.Close(_loop);
        _isStarted = false;
        _loop = wanted;
        wanted.Post(this);
    }

    /// <summary>Gives a direction its turn. True when it wants another one.</summary>
    private bool Run(Leg source, ForwardPump pump)
    {
        switch (pump.Run())
        {
            case PumpState.HasMore:
                return true;
            case PumpState.Finished when source.To.IsFinished:
                End(ForwardEnd.Completed, null);
                return false;
            case PumpState.Finished:
                _halfClosed?.Invoke();
                return false;
            case PumpState.SourceBroke:
                End(source == _clientLeg ? ForwardEnd.ClientBroke : ForwardEnd.ServerBroke, Describe(pump.Error));
                return false;
            case PumpState.SinkBroke:
                End(source == _clientLeg ? ForwardEnd.ServerBroke : ForwardEnd.ClientBroke, Describe(pump.Error));
                return false;
            default:
                return false;
        }
    }

    private static string Describe(int error) => new Win32Exception(error).Message;

    private void End(ForwardEnd end, string? error)
    {
        if (_isEnded)
        {
            return;
        }

        _isEnded = true;
        _clientLeg.Close(_loop);
        _serverLeg.Close(_loop);
        _clientLeg.From.Release();
        _clientLeg.To.Release();
        _client.GiveBack();
        _server.GiveBack();
        _result.SetResult(new ForwardResult(end, error));
    }

    private sealed class StopOrder(SocketForwarder forwarder) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            if (forwarder._loop.IsCurrent)
            {
                forwarder.End(ForwardEnd.Aborted, null);
            }
            else
            {
                // It moved meanwhile.
                forwarder._loop.Post(this);
            }
        }
    }

    /// <summary>One of the two sockets.</summary>
    private sealed class Leg(SocketForwarder owner, int descriptor, ForwardPump from, ForwardPump to) : IEventTarget
    {
        private EventRegistration? _registration;
        private bool _isAgain;

        /// <summary>What is read from it.</summary>
        internal ForwardPump From => from;

        /// <summary>What is written to it.</summary>
        internal ForwardPump To => to;

        /// <summary>True while it waits to be called again.</summary>
        internal bool IsAgain => _isAgain;

        internal void Open(EventLoop loop) => _registration = loop.Add(descriptor, this);

        internal void Close(EventLoop loop)
        {
            if (_registration is not null)
            {
                loop.Remove(_registration);
                _registration = null;
            }
        }

        internal void CallAgain(EventLoop loop)
        {
            if (!_isAgain)
            {
                _isAgain = true;
                loop.CallAgain(this);
            }
        }

        public void OnEvents(uint events)
        {
            if (events == 0)
            {
                _isAgain = false;
            }

            owner.OnEvents(this, events);
        }

        public void OnFault(Exception fault) => owner.End(ForwardEnd.Fault, fault.Message);
    }
}
