using System.Net;
using System.Net.Sockets;
using NodeMesh.Capture;
using NodeMesh.Dns;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Model;
using NodeMesh.Proxy.Forwarding;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Outbound.Plain;

/// <summary>Connects to what is outside the mesh: by address or by name, as it is or with TLS.</summary>
/// <param name="egress">NetworkPolicies of the pod that connects.</param>
/// <param name="names">The addresses of names.</param>
/// <param name="tls">Speaks TLS.</param>
/// <param name="limits">The limits.</param>
/// <param name="time">The clock.</param>
internal sealed class PlainConnector(EgressPolicy egress, UpstreamNames names, TlsDialer tls, ProxyLimits limits, TimeProvider time)
{
    /// <summary>Of the addresses of a name so many are tried.</summary>
    private const int MostAddresses = 3;

    /// <summary>Connects.</summary>
    /// <param name="mesh">The connection.</param>
    /// <param name="decision">Where to; NetworkPolicies have agreed to its endpoint, where it has one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The connection onwards, or why there is none.</returns>
    public async ValueTask<ConnectAttempt> ConnectAsync(MeshConnection mesh, OutboundDecision decision, CancellationToken cancellationToken)
    {
        if (mesh.Pod.Captured is not { } captured)
        {
            return ConnectAttempt.Failed(ConnectionEndReason.PodRemoved, "the pod is gone");
        }

        if (decision.Endpoint is { } endpoint)
        {
            return await ConnectAsync(mesh, captured, endpoint, decision.Tls, cancellationToken);
        }

        IPAddress[] addresses;
        try
        {
            addresses = await names.ResolveAsync(captured, decision.Hostname, cancellationToken);
        }
        catch (Exception e) when (e is DnsUpstreamException or SocketException or CaptureException or NetworkNamespaceException or ObjectDisposedException)
        {
            return ConnectAttempt.Failed(ConnectionEndReason.ConnectFailed, $"{decision.Hostname} cannot be resolved: {e.Message}");
        }

        var attempt = default(ConnectAttempt);
        var preferred = mesh.Record.Destination.AddressFamily;
        foreach (var address in addresses.OrderByDescending(a => a.AddressFamily == preferred).Take(MostAddresses))
        {
            var resolved = new IPEndPoint(address, decision.HostnamePort);
            if (await egress.RefuseAsync(mesh.Pod, mesh.Record, resolved, cancellationToken) is { } refused)
            {
                return refused;
            }

            attempt = await ConnectAsync(mesh, captured, resolved, decision.Tls, cancellationToken);
            if (attempt.Reason != ConnectionEndReason.ConnectFailed)
            {
                return attempt;
            }
        }

        return attempt;
    }

    private async ValueTask<ConnectAttempt> ConnectAsync(MeshConnection mesh, ICapturedPod captured, IPEndPoint destination, OutboundTls? security, CancellationToken cancellationToken)
    {
        try
        {
            if (security is not null)
            {
                var plain = await SocketDialer.ConnectSocketAsync(
                    await captured.CreateSocketAsync(destination.AddressFamily, cancellationToken), destination, limits.ConnectTimeout, time, cancellationToken);
                return await tls.ConnectAsync(plain, mesh.Pod.Identity, security, limits.HandshakeTimeout, cancellationToken);
            }

            var socket = await captured.OpenSocketAsync(destination.AddressFamily, cancellationToken);
            return ConnectAttempt.To(await SocketDialer.ConnectAsync(socket, destination, limits.ConnectTimeout, time, cancellationToken));
        }
        catch (Exception e) when (e is SocketException or TimeoutException or CaptureException or NetworkNamespaceException or ObjectDisposedException)
        {
            return ConnectAttempt.Failed(ConnectionEndReason.ConnectFailed, $"{destination}: {e.Message}");
        }
    }
}
