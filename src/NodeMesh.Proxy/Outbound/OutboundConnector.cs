using Microsoft.AspNetCore.Connections;
using NodeMesh.Linux.Events;
using NodeMesh.Model;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Inbound;
using NodeMesh.Proxy.Outbound.Plain;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Outbound;

/// <summary>Carries out a routing decision: a pod of this node, a tunnel, or plain TCP.</summary>
/// <param name="nodeTunnels">Tunnels to other nodes.</param>
/// <param name="pods">The pods of this node.</param>
/// <param name="delivery">The way to applications of this node.</param>
/// <param name="plain">The way out of the mesh.</param>
/// <param name="egress">NetworkPolicies of the pod that connects.</param>
/// <param name="configuration">The proxy's configuration.</param>
/// <param name="time">The clock.</param>
internal sealed class OutboundConnector(
    TunnelPool nodeTunnels, PodRegistry pods, InboundDelivery delivery, PlainConnector plain, EgressPolicy egress, ProxyConfiguration configuration, TimeProvider time)
{
    /// <summary>Connects.</summary>
    /// <param name="mesh">The connection; gets its peer's record for a pod of this node.</param>
    /// <param name="decision">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection onwards, or why there is none.</returns>
    public async ValueTask<ConnectAttempt> ConnectAsync(MeshConnection mesh, OutboundDecision decision, CancellationToken cancellationToken)
    {
        var record = mesh.Record;
        record.DestinationService = decision.Service;
        record.DestinationWorkload = decision.Workload;
        record.Upstream = decision.Endpoint;
        record.TunnelAddress = decision.Tunnel;
        record.Security = decision.Route switch
        {
            OutboundRoute.SameNode => ConnectionSecurity.SameNode,
            OutboundRoute.NodeTunnel or OutboundRoute.PodTunnel => ConnectionSecurity.MutualTls,
            _ => ConnectionSecurity.Plaintext,
        };
        var proven = record.Security != ConnectionSecurity.Plaintext;
        record.SourceIdentity = proven ? mesh.Pod.Identity : null;
        record.DestinationIdentity = proven ? decision.Workload?.Identity : null;
        if (decision is { Route: not OutboundRoute.Refuse, Endpoint: { } endpoint } && await egress.RefuseAsync(mesh.Pod, record, endpoint, cancellationToken) is { } refused)
        {
            return refused;
        }

        return decision.Route switch
        {
            OutboundRoute.SameNode => await ConnectHereAsync(mesh, decision, cancellationToken),
            OutboundRoute.NodeTunnel => await ConnectTunnelAsync(mesh, nodeTunnels, decision, cancellationToken),
            OutboundRoute.PodTunnel when mesh.Pod.PeerTunnels is { } tunnels => await ConnectTunnelAsync(mesh, tunnels, decision, cancellationToken),
            OutboundRoute.PlainTcp or OutboundRoute.Passthrough => await plain.ConnectAsync(mesh, decision, cancellationToken),
            _ => ConnectAttempt.Failed(Reason(decision.Refusal), decision.Reason),
        };
    }

    private async ValueTask<ConnectAttempt> ConnectHereAsync(MeshConnection mesh, OutboundDecision decision, CancellationToken cancellationToken)
    {
        var destination = decision.Endpoint!;
        if (!mesh.Pod.Addresses.Contains(mesh.Record.Source.Address))
        {
            // An application that may bind any address must not choose by whose address policies judge it; another node's proxy would not believe it either.
            return ConnectAttempt.Failed(ConnectionEndReason.BadRequest, $"{mesh.Record.Source.Address} is not an address of the pod that connects from it");
        }

        if (await pods.WaitAsync(destination.Address, configuration.Limits.SyncTimeout, time, cancellationToken) is not { } pod)
        {
            return ConnectAttempt.Failed(ConnectionEndReason.ConnectFailed, $"the model places {destination.Address} on this node, and no such pod is captured here");
        }

        if (pod.Identity != decision.Workload!.Identity)
        {
            return ConnectAttempt.Failed(ConnectionEndReason.IdentityMismatch, $"{destination.Address} now belongs to {pod.Identity}, expected {decision.Workload.Identity}");
        }

        var request = new DeliveryRequest(pod, destination, mesh.Record.Source, mesh.Pod.Identity, ConnectionSecurity.SameNode, mesh.Record.Started)
        {
            Bytes = mesh.Record.Bytes,
            ServiceHint = decision.Service?.Hostname,
            TraceId = mesh.Record.TraceId,
        };
        var result = await delivery.ConnectAsync(request, cancellationToken);
        if (result.Application is null)
        {
            delivery.Close(result, request, result.Reason, result.Error);
            mesh.Record.Refuse(result.Record.RefusedBy);
            return ConnectAttempt.Failed(result.Reason == ConnectionEndReason.PolicyDenied ? ConnectionEndReason.PeerDenied : result.Reason, result.Error ?? "refused");
        }

        mesh.PeerRecord = result.Record;
        mesh.OnEnded = (reason, error) => delivery.Close(result, request, reason, error);
        return ConnectAttempt.To(result.Application);
    }

    private static async ValueTask<ConnectAttempt> ConnectTunnelAsync(MeshConnection mesh, TunnelPool pool, OutboundDecision decision, CancellationToken cancellationToken)
    {
        var record = mesh.Record;
        var traceId = TraceParent.NewTraceId();
        record.TraceId = traceId;
        var headers = new List<KeyValuePair<string, string>>(4)
        {
            new(ForwardedHeader.Name, ForwardedHeader.Format(record.Source, decision.Service?.Hostname)),
            new(TraceParent.Name, TraceParent.Format(traceId)),
        };
        if (decision is { Route: OutboundRoute.NodeTunnel, Workload: { } destination })
        {
            headers.Add(new KeyValuePair<string, string>(DestinationIdentity.Name, destination.Identity.ToString()));
        }

        if (record.SourceWorkload is { } source)
        {
            headers.Add(new KeyValuePair<string, string>(Baggage.Name, Baggage.Format(source)));
        }

        var opening = default(OpeningBytes);
        try
        {
            // The node proxy at the other end is of our kind: what the client has said by now need not wait for the answer there and back. Not where a
            // time limit may end the try: another one would bring the same bytes to a second application.
            opening = decision.Route == OutboundRoute.NodeTunnel && !cancellationToken.CanBeCanceled ? OpeningBytes.Read(mesh.Opening) : default;
            var target = new TunnelTarget(mesh.Pod.Identity, decision.Tunnel!, decision.ExpectedUris);
            var request = new TunnelConnectRequest(TunnelAuthority.Format(decision.Endpoint!), headers) { Near = EventLoop.Current, Early = opening.Bytes };
            var stream = await pool.ConnectAsync(target, request, cancellationToken);
            opening.Sent(stream.EarlySent, record.Bytes);
            record.TunnelId = stream.TunnelId;
            if (record.DestinationWorkload is null && stream.Peer.Identity is { } identity)
            {
                record.DestinationWorkload = Baggage.Parse(stream.ResponseHeaders.FirstOrDefault(h => h.Key == Baggage.Name).Value, identity);
            }

            return ConnectAttempt.To(stream);
        }
        catch (TunnelException e)
        {
            return ConnectAttempt.Failed(Reason(e), e.Message);
        }
        catch (ConnectionResetException e)
        {
            return ConnectAttempt.Failed(ConnectionEndReason.ClientReset, e.Message);
        }
        finally
        {
            opening.GiveBack();
        }
    }

    private static ConnectionEndReason Reason(TunnelException e) => e.Reason switch
    {
        // Not to be tried elsewhere: the application would get the same bytes twice.
        _ when e.MayHaveDelivered => ConnectionEndReason.ServerReset,
        TunnelFailure.ConnectFailed => ConnectionEndReason.ConnectFailed,
        TunnelFailure.TlsFailed => ConnectionEndReason.TlsFailed,
        TunnelFailure.IdentityMismatch => ConnectionEndReason.IdentityMismatch,
        TunnelFailure.Refused => e.Status == 401 ? ConnectionEndReason.PeerDenied : ConnectionEndReason.PeerRefused,
        TunnelFailure.CertificateUnavailable => ConnectionEndReason.CertificateUnavailable,
        TunnelFailure.Closed => ConnectionEndReason.ProxyShutdown,
        _ => ConnectionEndReason.TunnelFailed,
    };

    private static ConnectionEndReason Reason(OutboundRefusal refusal) => refusal switch
    {
        OutboundRefusal.SelfCall => ConnectionEndReason.SelfCall,
        OutboundRefusal.UnknownDestination => ConnectionEndReason.UnknownDestination,
        _ => ConnectionEndReason.NoHealthyEndpoint,
    };
}
