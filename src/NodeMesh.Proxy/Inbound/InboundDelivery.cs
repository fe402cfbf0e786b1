using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using NodeMesh.Capture;
using NodeMesh.Capture.Forwarding;
using NodeMesh.Linux.Sockets;
using NodeMesh.Linux.Transport;
using NodeMesh.Model;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Inbound;

/// <summary>
/// The one way to an application of this node, whichever way the connection came: registered, then authorised, then dialled from inside the pod's
/// namespace with the client's own address.
/// </summary>
/// <param name="state">The model.</param>
/// <param name="registry">The live connections.</param>
/// <param name="limits">The limits.</param>
/// <param name="time">The clock.</param>
/// <param name="kernel">Told of deliveries that may be forwarded in the kernel; null where it is off.</param>
/// <param name="log">Where dry-run verdicts are told.</param>
internal sealed partial class InboundDelivery(
    MeshState state,
    ConnectionRegistry registry,
    ProxyLimits limits,
    TimeProvider time,
    KernelForwarding? kernel,
    ILogger<InboundDelivery> log)
{
    /// <summary>With half of all ports taken, this many in a row are taken once in a billion times.</summary>
    private const int SourcePortAttempts = 32;

    /// <summary>Delivers.</summary>
    /// <param name="request">The connection.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection to the application, or why there is none.</returns>
    public async ValueTask<Delivery> ConnectAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        var record = NewRecord(request);

        // Before the check: a policy that changes in between then finds the connection among the live ones.
        registry.Register(record);
        if (!request.Pod.TryEnter(limits.ConnectionsPerPod))
        {
            return new Delivery(record, null, null, ConnectionEndReason.QuotaExceeded, $"the pod has {limits.ConnectionsPerPod} connections open");
        }

        var delivered = false;
        try
        {
            var delivery = await AuthorizeAndDialAsync(request, record, cancellationToken);
            delivered = delivery.Application is not null;
            return delivery;
        }
        catch (Exception e)
        {
            // The caller gets no record to close: it would count as live for ever.
            var gone = e is OperationCanceledException;
            registry.Closed(record, gone ? ConnectionEndReason.ClientReset : ConnectionEndReason.InternalError, gone ? "given up before the connection was made" : e.Message);
            throw;
        }
        finally
        {
            if (!delivered)
            {
                request.Pod.Exit();
            }
        }
    }

    /// <summary>Ends what <see cref="ConnectAsync"/> began.</summary>
    /// <param name="delivery">What it returned.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="reason">Why it ended.</param>
    /// <param name="error">One line of detail; null when there is none.</param>
    public void Close(Delivery delivery, DeliveryRequest request, ConnectionEndReason reason, string? error)
    {
        if (delivery.Application is not null)
        {
            request.Pod.Exit();
        }

        registry.Closed(delivery.Record, reason, error);
    }

    /// <summary>Records a connection that is refused before anything is asked.</summary>
    /// <param name="request">The connection.</param>
    /// <param name="reason">Why.</param>
    /// <param name="error">One line of detail.</param>
    public void Refuse(DeliveryRequest request, ConnectionEndReason reason, string error)
    {
        var record = NewRecord(request);
        record.DestinationWorkload = request.Pod.FindWorkload(state.Current);
        record.SourceWorkload = state.Current.FindWorkload(request.Source.Address);
        registry.Closed(record, reason, error);
    }

    /// <summary>Says whether a live connection may go on.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workload">The destination.</param>
    /// <param name="record">The connection.</param>
    /// <returns>What the policies say.</returns>
    internal static AuthorizationResult Authorize(MeshModel model, Workload workload, ConnectionRecord record)
    {
        var network = NetworkAuthorizer.AuthorizeIngress(model, workload, record.Source.Address, record.Destination.Port);
        return network.IsAllowed
            ? Authorizer.Authorize(model, workload, new ConnectionFacts(record.SourceIdentity, record.Source.Address, record.Destination.Address, record.Destination.Port))
            : network;
    }

    private ConnectionRecord NewRecord(DeliveryRequest request)
    {
        return new ConnectionRecord
        {
            Id = registry.NextId(),
            Direction = ConnectionDirection.Inbound,
            Source = request.Source,
            Destination = request.Destination,
            Upstream = request.Destination,
            Started = request.Started,
            PodUid = request.Pod.Pod.Uid,
            SourceIdentity = request.Peer,
            DestinationIdentity = request.Security == ConnectionSecurity.Plaintext ? null : request.Pod.Identity,
            Security = request.Security,
            TunnelId = request.TunnelId,
            TunnelAddress = request.TunnelAddress,
            TraceId = request.TraceId,
            Bytes = request.Bytes ?? new TransferCounters(),
        };
    }

    private async ValueTask<Delivery> AuthorizeAndDialAsync(DeliveryRequest request, ConnectionRecord record, CancellationToken cancellationToken)
    {
        if (OutboundRouting.IsProxyPort(request.Destination.Port) || request.Pod.Captured?.IsOwnListener(request.Destination) == true)
        {
            return new Delivery(record, null, request.Pod.FindWorkload(state.Current), ConnectionEndReason.SelfCall, $"{request.Destination} is the proxy itself");
        }

        await state.WaitAsync(Decided, limits.SyncTimeout, cancellationToken);
        var model = state.Current;
        var workload = request.Pod.FindWorkload(model);
        record.DestinationWorkload = workload;
        record.SourceWorkload = model.FindWorkload(request.Source.Address);
        if (!state.IsSynced || workload is null)
        {
            return new Delivery(record, null, workload, ConnectionEndReason.PolicyNotSynced, $"discovery does not know pod {request.Pod.Pod.Namespace}/{request.Pod.Pod.Name} yet");
        }

        record.DestinationService = InboundRouting.GuessService(model, workload, request.Destination.Port, request.ServiceHint);
        var verdict = Authorize(model, workload, record);
        ReportDryRuns(verdict, record);
        if (!verdict.IsAllowed)
        {
            record.Refuse(verdict.Policy);
            var reason = verdict.Verdict == AuthorizationVerdict.NotSynced ? ConnectionEndReason.PolicyNotSynced : ConnectionEndReason.PolicyDenied;
            return new Delivery(record, null, workload, reason, verdict.Explain());
        }

        try
        {
            var application = await DialAsync(request, cancellationToken);
            record.Admit();
            return new Delivery(record, application, workload, ConnectionEndReason.None, null);
        }
        catch (Exception e) when (e is SocketException or TimeoutException or CaptureException or Linux.Namespaces.NetworkNamespaceException or ObjectDisposedException)
        {
            return new Delivery(record, null, workload, ConnectionEndReason.ConnectFailed, $"{request.Destination}: {e.Message}");
        }

        bool Decided(MeshModel candidate) =>
            state.IsSynced
            && request.Pod.FindWorkload(candidate) is { } found
            && Authorize(candidate, found, record).Verdict != AuthorizationVerdict.NotSynced;
    }

    private async ValueTask<SocketConnection> DialAsync(DeliveryRequest request, CancellationToken cancellationToken)
    {
        var captured = request.Pod.Captured ?? throw new CaptureException("the pod is not captured");
        var (source, destination) = (request.Source.Address, request.Destination.Address);

        // A pod that calls itself: its own address as a spoofed source would make both ends of the connection the same host and route.
        if (source.AddressFamily != destination.AddressFamily || source.Equals(destination))
        {
            // Its mark does not tell it from the proxy's other connections.
            var plain = await captured.OpenSocketAsync(destination.AddressFamily, cancellationToken);
            kernel?.Expect(plain);
            return await ConnectAsync(plain);
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await ConnectAsync(await captured.OpenSocketFromAsync(source, cancellationToken));
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressNotAvailable or SocketError.AddressAlreadyInUse && attempt < SourcePortAttempts)
            {
                // The port that the socket was bound to has a live connection of this client to this very port of the pod: the next one may not.
            }
        }

        ValueTask<SocketConnection> ConnectAsync(SocketDescriptor socket)
        {
            if (request.HasData)
            {
                socket.SetDataFollows();
            }

            return SocketDialer.ConnectAsync(socket, request.Destination, limits.ConnectTimeout, time, cancellationToken);
        }
    }

    private void ReportDryRuns(AuthorizationResult verdict, ConnectionRecord record)
    {
        foreach (var dryRun in verdict.DryRuns)
        {
            if (dryRun.Refused)
            {
                record.DryRunRefusals = record.DryRunRefusals.Add(dryRun.Policy ?? default);
                LogDryRun(dryRun.Policy, record.SourceIdentity, record.Source, record.Destination);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "dry run: policy {Policy} (none: no ALLOW policy matches) would refuse the connection of {Identity} from {Source} to {Destination}")]
    private partial void LogDryRun(NamespacedName? policy, SpiffeId? identity, IPEndPoint source, IPEndPoint destination);
}
