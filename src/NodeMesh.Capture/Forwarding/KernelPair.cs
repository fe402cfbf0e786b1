using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf;

namespace NodeMesh.Capture.Forwarding;

/// <summary>
/// Two sockets between which messages may move in the kernel: those of two applications of this node, past the proxy; or the two of one leg, an application's and
/// the proxy's own, past TCP alone. It begins on the ordinary path. Once a few messages have passed there, programs watch both ends; once both are seen to be
/// non-blocking, they enter the kernel's map and messages move. From then on each message takes the way that keeps order. Two applications of which one turns
/// out to block become a leg of the other.
/// </summary>
public sealed partial class KernelPair : IDisposable
{
    /// <summary>Messages that pass before the pair is worth its set-up, and the programs' cost to the machine: most short connections never have so many.</summary>
    private const int Worthwhile = 8;

    /// <summary>So many times the messages until the programs look again, when they saw nothing: an application that blocks costs the machine little.</summary>
    private const int AskAgainFactor = 8;

    /// <summary>Ticks that the programs look for one pair.</summary>
    private const int Patience = 5;

    private readonly KernelForwarding _owner;
    private readonly ForwardEndKey _serverKey;
    private readonly SafeHandle? _accepted;
    private readonly SafeHandle? _delivering;
    private readonly Lock _gate = new();
    private ForwardEnd _client;
    private KernelPairEnd _clientEnd;
    private KernelPairEnd _serverEnd;
    private ForwardEnd _server;
    private KernelPairState _state;
    private int _slot = -1;
    private int _ticksToLook;
    private long _passed;
    private long _askedAt;
    private long _askAt = Worthwhile;
    private KernelTransfer _final;

    /// <summary>Joins two applications past the proxy.</summary>
    /// <param name="owner">The engine.</param>
    /// <param name="client">The client's application.</param>
    /// <param name="serverKey">The server's.</param>
    /// <param name="accepted">The proxy's end towards the client.</param>
    /// <param name="delivering">The proxy's end towards the server.</param>
    internal KernelPair(KernelForwarding owner, in ForwardEnd client, in ForwardEndKey serverKey, SafeHandle accepted, SafeHandle delivering)
    {
        _accepted = accepted;
        _delivering = delivering;
        _owner = owner;
        _client = client;
        _serverKey = serverKey;
    }

    /// <summary>True while messages may move in the kernel.</summary>
    public bool IsActive => _state == KernelPairState.Active;

    /// <summary>True once messages could move in the kernel, whatever came after.</summary>
    public bool WasActive { get; private set; }

    /// <summary>Told when the connection cannot go on, and has to be reset: an application reads in a way that misses what waits for it. Set before messages move.</summary>
    public Action<string>? Unfit { get; set; }

    /// <summary>What was moved in the kernel so far.</summary>
    public KernelTransfer Transfer
    {
        get
        {
            lock (_gate)
            {
                return ReadTransfer();
            }
        }
    }

    /// <summary>Sends everything the ordinary way from now on. What waits in the kernel is read first, so that nothing is lost and order stays.</summary>
    public void Disable()
    {
        lock (_gate)
        {
            Stop(KernelPairState.Off);
        }
    }

    /// <summary>Counts what the proxy moved at once: to be called for each.</summary>
    public void Passed()
    {
        // Not exact where both directions move at once, and need not be.
        if (++_passed >= _askAt)
        {
            Ask();
        }
    }

    /// <summary>Looks after the pair: to be called about once a second.</summary>
    public void Tick()
    {
        lock (_gate)
        {
            try
            {
                Advance();
            }
            catch (BpfException e)
            {
                _owner.ReportFailure(e.Message);
            }
        }
    }

    /// <summary>Ends the pair; the connection has ended.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_state == KernelPairState.Ended)
            {
                return;
            }

            Stop(KernelPairState.Off);
            _final = ReadTransfer();
            _state = KernelPairState.Ended;
            if (_slot < 0)
            {
                return;
            }

            Release();
        }

        if (!IsLeg)
        {
            _owner.CountMoved(_final);
        }
    }

    internal void Found(in ForwardFound found)
    {
        if (found.IsStuck)
        {
            Unfit?.Invoke("an application reads by splice or zero-copy receive, which do not see what waits for it in the kernel; give its pod the annotation "
                + $"{ForwardingAnnotation.Name}: disabled");
            return;
        }

        lock (_gate)
        {
            if (_state != KernelPairState.Watched)
            {
                return;
            }

            if (found.Peer != 0)
            {
                TryAdopt(found);
                return;
            }

            if (found.Cookie == _client.Cookie)
            {
                _clientEnd = new KernelPairEnd(found.Process, found.Descriptor);
            }
            else
            {
                _serverEnd = new KernelPairEnd(found.Process, found.Descriptor);
            }

            if (_clientEnd.IsKnown && _serverEnd.IsKnown)
            {
                Activate();
            }
        }
    }

    /// <summary>Has the programs look at both ends, as soon as these are known.</summary>
    internal void Ask()
    {
        lock (_gate)
        {
            _askedAt = _passed;
            _askAt = AskAgainFactor * Math.Max(_passed, Worthwhile);
            try
            {
                if (_state == KernelPairState.Seeking && TryIdentify())
                {
                    Watch();
                }

                if (_state is KernelPairState.Watched or KernelPairState.Active && _ticksToLook == 0 && !IsSettled)
                {
                    Look();
                }
            }
            catch (BpfException e)
            {
                _owner.ReportFailure(e.Message);
            }
        }
    }

    /// <summary>True once nothing is to be learnt: messages may move both ways.</summary>
    private bool IsSettled => _state == KernelPairState.Active && Volatile.Read(ref Request.Reads) != 0 && Volatile.Read(ref Response.Reads) != 0;

    private ref ForwardDirection Request => ref _owner.Tables.Directions[2 * _slot];

    private ref ForwardDirection Response => ref _owner.Tables.Directions[(2 * _slot) + 1];

    private void Advance()
    {
        switch (_state)
        {
            case KernelPairState.Active when Request.SenderState == ForwardState.Blocking || Response.SenderState == ForwardState.Blocking:
                Stop(KernelPairState.Leaving);
                break;
            case KernelPairState.Watched or KernelPairState.Active when _ticksToLook > 0 && (IsSettled || --_ticksToLook == 0):
                LookNoMore();
                TryNarrow();
                break;
            case KernelPairState.Leaving:
                Leave();
                break;
        }
    }

    private void Look()
    {
        _owner.Watching.AddUnknown();
        _ticksToLook = Patience;
    }

    private void LookNoMore()
    {
        _ticksToLook = 0;
        _owner.Watching.RemoveUnknown();
    }

    private void Watch()
    {
        _owner.Watching.AddPair();
        if (!_owner.TryRent(out _slot))
        {
            _slot = -1;
            _state = KernelPairState.Off;
            _owner.Watching.RemovePair();
            _owner.ReportFailure("all places for pairs are taken");
            return;
        }

        _state = KernelPairState.Watched;
        Request = ForwardDirection.Between(_client, _server);
        Response = ForwardDirection.Between(_server, _client);
        SetOwnEnd();
        Register(_client.Cookie, (uint)(2 * _slot));
        Register(_server.Cookie, (uint)((2 * _slot) + 1));
        SeekNames();
    }

    private void Register(ulong cookie, uint direction)
    {
        // A leg's application, which is not known yet.
        if (cookie != 0)
        {
            _owner.Watch(cookie, this);
            _owner.Tables.Pairs.Set(cookie, direction);
        }
    }

    private void Unregister(ulong cookie)
    {
        if (cookie != 0)
        {
            _owner.Tables.Pairs.Delete(cookie);
            _owner.Unwatch(cookie);
        }
    }

    /// <summary>Puts both sockets into the kernel's map, or none: a pair that is half in it would only change how one end reads.</summary>
    private void Activate()
    {
        using var client = _clientEnd.TryOpen(_client.Cookie);
        using var server = _serverEnd.TryOpen(_server.Cookie);
        if (client is null || server is null)
        {
            _state = KernelPairState.Off;
            _owner.ReportFailure("an application's socket has closed, moved, or may not be held (CAP_SYS_PTRACE)");
            return;
        }

        ExpectMessages();
        try
        {
            _owner.Tables.Sockets.Set(_client.Cookie, client.Handle);
            _owner.Tables.Sockets.Set(_server.Cookie, server.Handle);
        }
        catch (BpfException e)
        {
            _owner.Tables.Sockets.Delete(_client.Cookie);
            _state = KernelPairState.Off;
            _owner.ReportFailure(e.Message);
            return;
        }

        Volatile.Write(ref Request.Enabled, 1);
        Volatile.Write(ref Response.Enabled, 1);
        _state = KernelPairState.Active;
        WasActive = true;
        _owner.CountActivated(IsLeg);
    }

    private void Stop(KernelPairState next)
    {
        if (_ticksToLook > 0)
        {
            LookNoMore();
        }

        if (_state != KernelPairState.Active)
        {
            _state = _state is KernelPairState.Ended or KernelPairState.Leaving ? _state : KernelPairState.Off;
            return;
        }

        Volatile.Write(ref Request.Enabled, 0);
        Volatile.Write(ref Response.Enabled, 0);
        _state = next;
    }

    /// <summary>An application has made its socket blocking: it leaves the kernel's map as soon as no message waits in it, which would be lost.</summary>
    private void Leave()
    {
        using var client = _clientEnd.TryOpen(_client.Cookie);
        using var server = _serverEnd.TryOpen(_server.Cookie);
        if (client?.Unread is null or 0 && server?.Unread is null or 0)
        {
            _owner.Tables.Sockets.Delete(_client.Cookie);
            _owner.Tables.Sockets.Delete(_server.Cookie);
            _state = KernelPairState.Off;
        }
    }

    private void Release()
    {
        ForgetNames();
        Unregister(_client.Cookie);
        Unregister(_server.Cookie);
        Request = default;
        Response = default;
        _owner.Return(_slot);
        _slot = -1;
        _owner.Watching.RemovePair();
    }

    private KernelTransfer ReadTransfer() => _slot < 0
        ? _final
        : new KernelTransfer((long)Volatile.Read(ref Request.Bytes), (long)Volatile.Read(ref Response.Bytes), (long)(Volatile.Read(ref Request.Messages) + Volatile.Read(ref Response.Messages)));
}
