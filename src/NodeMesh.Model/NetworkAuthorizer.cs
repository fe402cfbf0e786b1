using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>
/// Decides by NetworkPolicies whether a TCP connection may enter or leave a workload. Policies only ever add: a workload that one policy isolates may do
/// what any of its policies allows. What comes from or goes to the workload's own node, and to itself, is never restricted, as Kubernetes has it.
/// </summary>
public static class NetworkAuthorizer
{
    /// <summary>Decides about a connection to a workload.</summary>
    /// <param name="model">The model.</param>
    /// <param name="destination">The workload.</param>
    /// <param name="source">The client's own address.</param>
    /// <param name="port">The workload's own port.</param>
    /// <returns>The decision; refused when a policy that the workload names is not in the model.</returns>
    public static AuthorizationResult AuthorizeIngress(MeshModel model, Workload destination, IPAddress source, int port)
    {
        if (destination.NetworkPolicies.IsEmpty)
        {
            return AuthorizationResult.Unrestricted;
        }

        var peer = MeshModel.Unmap(source);
        return IsExempt(model, destination, peer)
            ? AuthorizationResult.Unrestricted
            : Judge(model, destination, ingress: true, new Connection(peer, model.FindWorkload(peer), destination, port));
    }

    /// <summary>Decides about a connection from a workload.</summary>
    /// <param name="model">The model.</param>
    /// <param name="source">The workload.</param>
    /// <param name="destination">The true destination: an endpoint's address, not a service's.</param>
    /// <param name="port">The true port.</param>
    /// <returns>The decision; refused when a policy that the workload names is not in the model.</returns>
    public static AuthorizationResult AuthorizeEgress(MeshModel model, Workload source, IPAddress destination, int port)
    {
        if (source.NetworkPolicies.IsEmpty)
        {
            return AuthorizationResult.Unrestricted;
        }

        var peer = MeshModel.Unmap(destination);
        if (IsExempt(model, source, peer))
        {
            return AuthorizationResult.Unrestricted;
        }

        var workload = model.FindWorkload(peer);
        return Judge(model, source, ingress: false, new Connection(peer, workload, workload, port));
    }

    /// <summary>Says whether the workloads of a namespace may be isolated in what they send: for one that is not known yet.</summary>
    /// <param name="model">The model.</param>
    /// <param name="ns">The namespace.</param>
    /// <returns>True when a policy of it isolates for egress.</returns>
    public static bool MayIsolateEgress(MeshModel model, string ns)
    {
        foreach (var policy in model.NetworkPolicies)
        {
            if (policy.Egress is not null && policy.Namespace == ns)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsExempt(MeshModel model, Workload workload, IPAddress peer)
    {
        foreach (var own in workload.Addresses)
        {
            if (own.Equals(peer))
            {
                return true;
            }
        }

        return workload.Node.Length > 0 && model.FindNode(peer) is { } node && node.Name == workload.Node;
    }

    private static AuthorizationResult Judge(MeshModel model, Workload subject, bool ingress, in Connection connection)
    {
        NamespacedName? isolating = null;
        NamespacedName? missing = null;
        foreach (var key in subject.NetworkPolicies)
        {
            if (model.FindNetworkPolicy(key) is not { } policy)
            {
                missing ??= key;
            }
            else if ((ingress ? policy.Ingress : policy.Egress) is { } rules)
            {
                isolating ??= key;
                if (Matches(rules, connection))
                {
                    return AuthorizationResult.Unrestricted;
                }
            }
        }

        // A policy that has not arrived may isolate, and may allow: either way nothing is known yet.
        return missing is not null ? new AuthorizationResult(AuthorizationVerdict.NotSynced, missing, [])
            : isolating is not null ? new AuthorizationResult(AuthorizationVerdict.DeniedByNetworkPolicy, isolating, [])
            : AuthorizationResult.Unrestricted;
    }

    private static bool Matches(ImmutableArray<NetworkRule> rules, in Connection connection)
    {
        foreach (var rule in rules)
        {
            if (MatchesPeer(rule.Peers, connection) && MatchesPort(rule.Ports, connection))
            {
                return true;
            }
        }

        return false;
    }

    private static bool MatchesPeer(ImmutableArray<NetworkPeer> peers, in Connection connection)
    {
        foreach (var peer in peers)
        {
            var matches = peer switch
            {
                NetworkPeer.Block block => block.Contains(connection.Peer),
                NetworkPeer.Group group => connection.Workload?.NetworkGroups.Contains(group.Name) == true,
                _ => false,
            };
            if (matches)
            {
                return true;
            }
        }

        return peers.IsEmpty;
    }

    private static bool MatchesPort(ImmutableArray<NetworkPort> ports, in Connection connection)
    {
        foreach (var port in ports)
        {
            if (port.Matches(NetworkProtocol.Tcp, connection.Port, connection.Destination))
            {
                return true;
            }
        }

        return ports.IsEmpty;
    }

    private readonly record struct Connection(IPAddress Peer, Workload? Workload, Workload? Destination, int Port);
}
