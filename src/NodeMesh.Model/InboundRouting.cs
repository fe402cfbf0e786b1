using System.Net;

namespace NodeMesh.Model;

/// <summary>The decision table of CONNECT requests, up to authorisation.</summary>
public static class InboundRouting
{
    /// <summary>Decides.</summary>
    /// <param name="model">The model.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="authority">The request's <c>:authority</c>.</param>
    /// <param name="localPods">The addresses that this listener serves: one pod's, or those of all pods of the node.</param>
    /// <returns>What to do.</returns>
    public static InboundDecision Decide(MeshModel model, string method, string? authority, IReadOnlyCollection<IPAddress> localPods) =>
        Decide(model, method, authority, localPods.Contains, localPods.Count == 0 ? null : localPods.First());

    /// <summary>Decides, with a test for local addresses instead of their list.</summary>
    /// <param name="model">The model.</param>
    /// <param name="method">The request's method.</param>
    /// <param name="authority">The request's <c>:authority</c>.</param>
    /// <param name="isLocalPod">True for the address of a pod that this listener serves.</param>
    /// <param name="onlyPod">The address of the only pod that the listener serves, for authorities that name a service; null on the node's shared listener.</param>
    /// <returns>What to do.</returns>
    public static InboundDecision Decide(MeshModel model, string method, string? authority, Func<IPAddress, bool> isLocalPod, IPAddress? onlyPod)
    {
        if (!string.Equals(method, "CONNECT", StringComparison.Ordinal))
        {
            return Refuse(400, $"method {method} instead of CONNECT");
        }

        if (!TunnelAuthority.TryParse(authority, out var target))
        {
            return Refuse(400, "the authority is not address:port");
        }

        if (target.Address is null)
        {
            return ByName(model, target, onlyPod);
        }

        if (!isLocalPod(target.Address))
        {
            return Refuse(400, $"{target.Address} is not an address of a pod here");
        }

        if (OutboundRouting.IsProxyPort(target.Port))
        {
            return Refuse(503, $"port {target.Port} is the proxy itself");
        }

        return model.FindWorkload(target.Address) is { } workload
            ? new InboundDecision(200, "", new IPEndPoint(target.Address, target.Port), workload, null, false)
            : Refuse(503, $"the workload of {target.Address} is not known yet", retry: true);
    }

    /// <summary>
    /// Says whether a node proxy may speak for a client: the address must belong to a workload with the identity that the certificate proves, on a
    /// node that has the address the tunnel comes from.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="client">The client's address, as the tunnel's other end claims.</param>
    /// <param name="identity">The identity that the tunnel's certificate proves.</param>
    /// <param name="tunnelPeer">The address that the tunnel comes from.</param>
    /// <returns>The client's workload; null when the claim does not hold in this model.</returns>
    public static Workload? VerifyClient(MeshModel model, IPAddress client, SpiffeId identity, IPAddress tunnelPeer) =>
        model.FindWorkload(client) is { } workload
        && workload.Identity == identity
        && model.FindNode(workload.Node) is { } node
        && node.Addresses.Contains(MeshModel.Unmap(tunnelPeer))
            ? workload
            : null;

    /// <summary>The service that an inbound connection was probably meant for, for telemetry alone: the one that the client named, else one whose target port this is.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workload">The destination.</param>
    /// <param name="port">Its port.</param>
    /// <param name="hint">The host name that the client said it addressed; null when it said none.</param>
    /// <returns>The service; null when none fits.</returns>
    public static Service? GuessService(MeshModel model, Workload workload, int port, string? hint)
    {
        Service? byPort = null;
        foreach (var binding in workload.Services)
        {
            if (model.FindService(binding.Service) is not { } service)
            {
                continue;
            }

            if (hint is not null && string.Equals(service.Hostname, hint, StringComparison.OrdinalIgnoreCase))
            {
                return service;
            }

            if (byPort is null && service.Ports.Any(p => EndpointSelector.ResolvePort(service, workload, p.Port) == port))
            {
                byPort = service;
            }
        }

        return byPort;
    }

    private static InboundDecision ByName(MeshModel model, TunnelAuthority target, IPAddress? onlyPod)
    {
        if (onlyPod is null)
        {
            return Refuse(503, $"{target.Hostname}: a service's name means one pod only on that pod's own listener");
        }

        if (model.FindWorkload(onlyPod) is not { } workload)
        {
            return Refuse(503, $"the workload of {onlyPod} is not known yet", retry: true);
        }

        foreach (var binding in workload.Services.Where(b => b.Service.Name == target.Hostname))
        {
            if (model.FindService(binding.Service) is { } service && EndpointSelector.ResolvePort(service, workload, target.Port) is { } port)
            {
                return OutboundRouting.IsProxyPort(port)
                    ? Refuse(503, $"port {port} is the proxy itself")
                    : new InboundDecision(200, "", new IPEndPoint(onlyPod, port), workload, service, false);
            }
        }

        return Refuse(503, $"{target.Hostname}:{target.Port} is not a service and port of this pod", retry: true);
    }

    private static InboundDecision Refuse(int status, string reason, bool retry = false) => new(status, reason, null, null, null, retry);
}
