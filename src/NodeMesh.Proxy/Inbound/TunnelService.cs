using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using NodeMesh.Identity;
using NodeMesh.Model;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Inbound;

/// <summary>
/// Serves HBONE: shared tunnels of other nodes on this node's own addresses, and those of plain ambient peers on each pod's. The answer is 200 only after
/// the application took the connection.
/// </summary>
internal sealed partial class TunnelService
{
    private readonly TunnelServer _server;
    private readonly ICertificateSource _certificates;
    private readonly MeshState _state;
    private readonly PodRegistry _pods;
    private readonly InboundDelivery _delivery;
    private readonly ForwardingMiddleware _forwarding;
    private readonly ProxyConfiguration _configuration;
    private readonly EarlyDenials _early;
    private readonly TimeProvider _time;
    private readonly ILogger _log;

    /// <summary>Makes the service.</summary>
    /// <param name="server">The tunnels' server side.</param>
    /// <param name="certificates">Where the servers' certificates come from.</param>
    /// <param name="state">The model.</param>
    /// <param name="pods">The pods of this node.</param>
    /// <param name="delivery">The way to the applications.</param>
    /// <param name="forwarding">Joins connections.</param>
    /// <param name="configuration">The proxy's configuration.</param>
    /// <param name="early">Takes refusals that come before there is a connection.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where faults are told.</param>
    public TunnelService(
        TunnelServer server,
        ICertificateSource certificates,
        MeshState state,
        PodRegistry pods,
        InboundDelivery delivery,
        ForwardingMiddleware forwarding,
        ProxyConfiguration configuration,
        EarlyDenials early,
        TimeProvider time,
        ILogger<TunnelService> log)
    {
        _server = server;
        _certificates = certificates;
        _state = state;
        _pods = pods;
        _delivery = delivery;
        _forwarding = forwarding;
        _configuration = configuration;
        _early = early;
        _time = time;
        _log = log;
    }

    /// <summary>Serves a TCP connection to the node's own port 15008.</summary>
    /// <param name="socket">The accepted socket.</param>
    /// <param name="handshakeEnded">Called once when the handshake is over, well or not.</param>
    /// <param name="cancellationToken">Closes the tunnel at once.</param>
    /// <returns>When the tunnel is closed.</returns>
    public Task ServeNodeAsync(Socket socket, Action handshakeEnded, CancellationToken cancellationToken) => _server.ServeAsync(
        socket,
        ct => _certificates.GetAsync(_configuration.Identity, ct),
        request => HandleAsync(request, null),
        handshakeEnded,
        cancellationToken);

    /// <summary>Serves a TCP connection to a pod's own port 15008, with that pod's certificate.</summary>
    /// <param name="socket">The accepted socket.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="handshakeEnded">Called once when the handshake is over, well or not.</param>
    /// <param name="cancellationToken">Closes the tunnel at once.</param>
    /// <returns>When the tunnel is closed.</returns>
    public Task ServePodAsync(Socket socket, PodRuntime pod, Action handshakeEnded, CancellationToken cancellationToken) => _server.ServeAsync(
        socket,
        ct => _certificates.GetAsync(pod.Identity, ct),
        request => HandleAsync(request, pod),
        handshakeEnded,
        cancellationToken);

    private async Task HandleAsync(TunnelRequest request, PodRuntime? onlyPod)
    {
        try
        {
            // What stops the proxy closes the tunnel, and so aborts the request.
            await ServeRequestAsync(request, onlyPod, request.Aborted);
        }
        catch (OperationCanceledException)
        {
            // The client gave up, or the proxy stops: the tunnel answers or is gone.
        }
        catch (ConnectionResetException)
        {
            // The client went away before the answer.
        }
        catch (Exception e)
        {
            LogFailed(e, request.RemoteEndPoint, request.Authority);
        }
    }

    private async Task ServeRequestAsync(TunnelRequest request, PodRuntime? onlyPod, CancellationToken cancellationToken)
    {
        var started = _time.GetUtcNow();
        var decision = await RouteAsync(request, onlyPod, cancellationToken);
        if (decision.Destination is not { } destination || !TryGetPod(destination.Address, onlyPod, out var pod))
        {
            _early.Report("hbone", request.RemoteEndPoint, decision.Status == 400 ? "bad_request" : "unavailable", $"{request.Peer.Identity} asked for {request.Authority}: {decision.Reason}");
            await request.RejectAsync(decision.Status == 200 ? 503 : decision.Status, decision.Reason, cancellationToken);
            return;
        }

        var forwarded = ForwardedHeader.Parse(Find(request.Headers, ForwardedHeader.Name));
        var delivery = new DeliveryRequest(pod, destination, Plain(request.RemoteEndPoint), request.Peer.Identity, ConnectionSecurity.MutualTls, started)
        {
            TunnelId = request.TunnelId,
            TunnelAddress = request.RemoteEndPoint,
            ServiceHint = forwarded.Host,
            TraceId = TraceParent.Parse(Find(request.Headers, TraceParent.Name)),
            HasData = request.HasData,
        };
        if (onlyPod is null)
        {
            if (await VerifyClientAsync(request, forwarded.For, cancellationToken) is not { } client)
            {
                var why = $"{request.Peer.Identity} from {request.RemoteEndPoint.Address} may not speak for {forwarded.For?.ToString() ?? "an unnamed client"}";
                _delivery.Refuse(delivery, ConnectionEndReason.BadRequest, why);
                await request.RejectAsync(401, why, cancellationToken);
                return;
            }

            delivery = delivery with { Source = client };
        }

        if (Find(request.Headers, DestinationIdentity.Name) is { } meant && meant != pod.IdentityText)
        {
            var why = $"{destination.Address} belongs to {pod.Identity}, and the client means {meant}";
            _delivery.Refuse(delivery, ConnectionEndReason.IdentityMismatch, why);
            await request.RejectAsync(503, why, cancellationToken);
            return;
        }

        await DeliverAsync(request, delivery, cancellationToken);
    }

    private async Task DeliverAsync(TunnelRequest request, DeliveryRequest wanted, CancellationToken cancellationToken)
    {
        var result = await _delivery.ConnectAsync(wanted, cancellationToken);
        if (result.Application is null)
        {
            _delivery.Close(result, wanted, result.Reason, result.Error);
            await request.RejectAsync(result.Status, result.Error ?? "refused", cancellationToken);
            return;
        }

        var mesh = new MeshConnection(wanted.Pod, result.Record) { Upstream = result.Application };
        try
        {
            var baggage = result.Workload is null ? "" : Baggage.Format(result.Workload);
            var stream = await request.AcceptAsync([KeyValuePair.Create(Baggage.Name, baggage)], cancellationToken);
            await _forwarding.JoinAsync(stream, mesh);
        }
        catch (Exception e)
        {
            var gone = e is IOException or OperationCanceledException;
            mesh.End(gone ? ConnectionEndReason.ClientReset : ConnectionEndReason.InternalError, e.Message);
            result.Application.Abort(new ConnectionAbortedException(e.Message));
            await result.Application.DisposeAsync();
            if (!gone)
            {
                throw;
            }
        }
        finally
        {
            _delivery.Close(result, wanted, mesh.Reason == ConnectionEndReason.None ? ConnectionEndReason.InternalError : mesh.Reason, mesh.Error);
        }
    }

    private async ValueTask<InboundDecision> RouteAsync(TunnelRequest request, PodRuntime? onlyPod, CancellationToken cancellationToken)
    {
        var decision = Route(_state.Current);
        if (decision.Retry)
        {
            await _state.WaitAsync(model => !(decision = Route(model)).Retry, _configuration.Limits.SyncTimeout, cancellationToken);
        }

        return decision;

        InboundDecision Route(MeshModel model) => InboundRouting.Decide(
            model,
            request.Method,
            request.Authority,
            address => onlyPod is null ? _pods.TryGet(address, out _) : onlyPod.Addresses.Contains(address),
            onlyPod?.Addresses[0]);
    }

    /// <summary>A shared tunnel speaks for many pods; each claim is believed only as far as the model bears it out.</summary>
    private ValueTask<IPEndPoint?> VerifyClientAsync(TunnelRequest request, IPEndPoint? claimed, CancellationToken cancellationToken)
    {
        if (claimed is null || request.Peer.Identity is not { } identity)
        {
            return new ValueTask<IPEndPoint?>(default(IPEndPoint));
        }

        var peer = request.RemoteEndPoint.Address;
        return InboundRouting.VerifyClient(_state.Current, claimed.Address, identity, peer) is not null
            ? new ValueTask<IPEndPoint?>(claimed)
            : VerifyLaterAsync(claimed, identity, peer, cancellationToken);
    }

    /// <summary>The client's node may have heard of a new pod before this one.</summary>
    private async ValueTask<IPEndPoint?> VerifyLaterAsync(IPEndPoint claimed, SpiffeId identity, IPAddress peer, CancellationToken cancellationToken)
    {
        return await _state.WaitAsync(
            model => InboundRouting.VerifyClient(model, claimed.Address, identity, peer) is not null,
            _configuration.Limits.SyncTimeout,
            cancellationToken)
            ? claimed
            : null;
    }

    private bool TryGetPod(IPAddress address, PodRuntime? onlyPod, out PodRuntime pod)
    {
        if (onlyPod is not null)
        {
            pod = onlyPod;
            return true;
        }

        return _pods.TryGet(address, out pod!);
    }

    private static IPEndPoint Plain(IPEndPoint endPoint) =>
        endPoint.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(endPoint.Address.MapToIPv4(), endPoint.Port) : endPoint;

    private static string? Find(IReadOnlyList<KeyValuePair<string, string>> headers, string name)
    {
        foreach (var (key, value) in headers)
        {
            if (key == name)
            {
                return value;
            }
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "a tunnel request of {Peer} for {Authority} failed")]
    private partial void LogFailed(Exception exception, IPEndPoint peer, string authority);
}
