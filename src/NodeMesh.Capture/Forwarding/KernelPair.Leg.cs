using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;

namespace NodeMesh.Capture.Forwarding;

/// <content>A leg: one of the two ends is the proxy's own.</content>
public sealed partial class KernelPair : IMessageSource
{
    private readonly IPEndPoint? _dialled;
    private SafeHandle? _own;
    private ForwardEndKey[] _wanted = [];
    private bool _isTowardsServer;

    /// <summary>A leg.</summary>
    /// <param name="owner">The engine.</param>
    /// <param name="own">The proxy's end.</param>
    /// <param name="dialled">What the client dialled where the application is the client's; null where it is the server's.</param>
    internal KernelPair(KernelForwarding owner, SafeHandle own, IPEndPoint? dialled)
    {
        _owner = owner;
        _own = own;
        _dialled = dialled;
        _isTowardsServer = dialled is null;
    }

    /// <summary>True where one end is the proxy's own: what moves has passed the proxy as well, and counts there.</summary>
    public bool IsLeg => _own is not null;

    /// <summary>
    /// Told, where it is a leg to the client, before the first message can move: the proxy's end has to be read by <c>recv</c> from then on. Set before messages move.
    /// </summary>
    public Action<IMessageSource>? ClientEntering { get; set; }

    /// <summary>The same for a leg to the server.</summary>
    public Action<IMessageSource>? ServerEntering { get; set; }

    /// <inheritdoc/>
    uint IMessageSource.Passed => _slot is >= 0 and var slot ? Volatile.Read(ref Incoming(slot).Passed) : 0;

    /// <inheritdoc/>
    int IMessageSource.Processor => _slot is >= 0 and var slot ? (int)Volatile.Read(ref Incoming(slot).Processor) : -1;

    /// <summary>The direction towards the proxy's own end.</summary>
    private ref ForwardDirection Incoming(int slot) => ref _owner.Tables.Directions[(2 * slot) + (_isTowardsServer ? 1 : 0)];

    /// <summary>The direction that the application sends in.</summary>
    private uint ApplicationDirection => (uint)((2 * _slot) + (_isTowardsServer ? 1 : 0));

    private void ExpectMessages()
    {
        if (IsLeg)
        {
            (_isTowardsServer ? ServerEntering : ClientEntering)?.Invoke(this);
        }
    }

    /// <summary>Claims the end that is not known yet. A leg's own end is enough: its application's is told of when it is used.</summary>
    private bool TryIdentify()
    {
        if (_own is null)
        {
            return _owner.Tables.Ends.TryTake(_serverKey, out _server);
        }

        _wanted = Names(_own);
        if (_wanted.Length > 0 && TryFace(_own, ForwardEnd.OfLeg(0, 0)))
        {
            return true;
        }

        _wanted = [];
        _state = KernelPairState.Off;
        return false;
    }

    /// <summary>
    /// The names that the application's end may have, none where its pod takes no part: a client's that was redirected on its way still has what it dialled, one
    /// redirected as it connected the listener's; and either has a port of its own where the proxy sees a translated one.
    /// </summary>
    private ForwardEndKey[] Names(SafeHandle own)
    {
        try
        {
            if (own.GetPeerName() is not { } application || own.GetLocalName() is not { } local)
            {
                return [];
            }

            var ns = own.GetNetworkNamespaceCookie();
            if (!_owner.Tables.Namespaces.TryGetValue(ns, out _))
            {
                return [];
            }

            ForwardEndKey[] names = _dialled is null ? [new(ns, application, local)] : [new(ns, application, _dialled), new(ns, application, local)];
            return _owner.TranslatedName(ns, local, application, isDelivery: _dialled is null) is { } translated && !names.Contains(translated) ? [.. names, translated] : names;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return [];
        }
    }

    private void TryAdopt(in ForwardFound found)
    {
        try
        {
            Adopt(found);
        }
        catch (BpfException e)
        {
            _state = KernelPairState.Off;
            _owner.ReportFailure(e.Message);
        }
    }

    /// <summary>The application's end of a leg has been seen: both ends are known now.</summary>
    private void Adopt(in ForwardFound found)
    {
        ref var application = ref _isTowardsServer ? ref _server : ref _client;
        var own = _isTowardsServer ? _client : _server;
        if (own.Cookie != found.Peer || application.Cookie != 0)
        {
            return;
        }

        application = ForwardEnd.OfLeg(found.Cookie, found.Socket);
        ref var sends = ref _isTowardsServer ? ref Response : ref Request;
        ref var receives = ref _isTowardsServer ? ref Request : ref Response;
        sends.Sender = found.Cookie;
        sends.SenderState = ForwardState.Found;
        receives.Receiver = found.Cookie;
        receives.ReceiverSocket = found.Socket;
        ForgetNames();
        Register(found.Cookie, ApplicationDirection);
        ref var end = ref _isTowardsServer ? ref _serverEnd : ref _clientEnd;
        end = new KernelPairEnd(found.Process, found.Descriptor);
        Activate();
    }

    private void SeekNames()
    {
        _owner.Seek(_wanted, ApplicationDirection);
    }

    private void ForgetNames()
    {
        _owner.SeekNoMore(_wanted, ApplicationDirection);
        _wanted = [];
    }

    /// <summary>Puts the proxy's own end where it belongs, opposite an application's.</summary>
    private bool TryFace(SafeHandle own, ForwardEnd application)
    {
        if (KernelPairEnd.TryGetOwn(own) is not { } found)
        {
            return false;
        }

        var facing = ForwardEnd.Facing(application, found.Cookie);
        (_client, _server) = _isTowardsServer ? (facing, application) : (application, facing);
        _clientEnd = _isTowardsServer ? found.End : default;
        _serverEnd = _isTowardsServer ? default : found.End;
        return true;
    }

    private void SetOwnEnd()
    {
        if (_own is null)
        {
            return;
        }

        ref var sends = ref _isTowardsServer ? ref Request : ref Response;
        ref var receives = ref _isTowardsServer ? ref Response : ref Request;
        sends.SenderState = ForwardState.Proxy;
        receives.Reads = 1;
    }

    /// <summary>
    /// Goes on as a leg of the one end that is non-blocking, once so many messages have passed that the other would have been seen to be so as well.
    /// </summary>
    private void TryNarrow()
    {
        if (_state != KernelPairState.Watched || IsLeg || _clientEnd.IsKnown == _serverEnd.IsKnown || _passed - _askedAt < Worthwhile)
        {
            return;
        }

        var isTowardsServer = _serverEnd.IsKnown;
        var own = isTowardsServer ? _delivering : _accepted;
        var application = isTowardsServer ? _server : _client;
        Release();
        _isTowardsServer = isTowardsServer;
        if (own is null || !TryFace(own, application))
        {
            _state = KernelPairState.Off;
            return;
        }

        _own = own;
        Watch();
        if (_state == KernelPairState.Watched)
        {
            Look();
        }
    }
}
