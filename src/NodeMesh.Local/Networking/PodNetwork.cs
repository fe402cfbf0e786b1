using System.Globalization;
using System.Net;
using NodeMesh.Linux.Tools;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Networking;

/// <summary>
/// Joins pods to their node: a network namespace, a link whose other end is in the node's namespace, a route for each address.
/// There is no bridge between pods of a node, so that all their packets pass the node's routing and its service rules.
/// </summary>
/// <param name="mesh">The mesh.</param>
internal sealed class PodNetwork(MeshName mesh)
{
    /// <summary>Makes a pod's namespace and link.</summary>
    /// <param name="uid">The pod's UID.</param>
    /// <param name="node">Its node.</param>
    /// <param name="v4">Its IPv4 address.</param>
    /// <param name="v6">Its IPv6 address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ToolException">A tool failed.</exception>
    public async Task AttachAsync(string uid, ClusterNode node, IPAddress v4, IPAddress v6, CancellationToken cancellationToken)
    {
        var pod = mesh.PodNamespace(uid);
        var link = Link(uid);
        await HostCommand.ScriptAsync($"make the namespace of pod {uid}", null, $"ip netns add {pod}\n", cancellationToken);
        await HostCommand.ScriptAsync($"link pod {uid} to {node.Name}", mesh.NodeNamespace(node.Name), string.Create(CultureInfo.InvariantCulture, $"""
            ip -batch - <<END
            link add {link} type veth peer name eth0 netns {pod}
            addr add {AddressPlan.GatewayV6}/64 dev {link} nodad
            link set {link} up
            route add {v4}/32 dev {link}
            route add {v6}/128 dev {link}
            END
            nft "add element inet nodemesh_guard pods4 {"{"} {link} . {v4} {"}"}; add element inet nodemesh_guard pods6 {"{"} {link} . {v6} {"}"}"

            """), cancellationToken);
        await HostCommand.ScriptAsync($"address pod {uid}", pod, string.Create(CultureInfo.InvariantCulture, $"""
            cd /proc/sys/net
            echo 0 > ipv4/conf/all/rp_filter
            echo 0 > ipv4/conf/eth0/rp_filter
            echo 0 > ipv6/conf/all/accept_dad
            echo 0 > ipv6/conf/eth0/accept_dad
            echo 0 > ipv6/conf/eth0/accept_ra
            ip -batch - <<END
            link set lo up
            addr add {v4}/32 dev eth0
            addr add {v6}/128 dev eth0 nodad
            link set eth0 up
            route add {AddressPlan.GatewayV4} dev eth0 scope link
            route add default via {AddressPlan.GatewayV4} dev eth0
            route add default via {AddressPlan.GatewayV6} dev eth0
            END

            """), cancellationToken);
    }

    /// <summary>Removes a pod's link and namespace; what is already gone is no error.</summary>
    /// <param name="uid">The pod's UID.</param>
    /// <param name="node">Its node.</param>
    /// <param name="v4">Its IPv4 address.</param>
    /// <param name="v6">Its IPv6 address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task DetachAsync(string uid, ClusterNode node, IPAddress v4, IPAddress v6, CancellationToken cancellationToken)
    {
        var link = Link(uid);

        // Connection tracking entries of the address must not outlive the pod: its next owner is somebody else.
        await HostCommand.ScriptAsync($"unlink pod {uid}", mesh.NodeNamespace(node.Name), $$"""
            ip link del {{link}} 2>/dev/null || true
            nft "delete element inet nodemesh_guard pods4 { {{link}} . {{v4}} }" 2>/dev/null || true
            nft "delete element inet nodemesh_guard pods6 { {{link}} . {{v6}} }" 2>/dev/null || true

            """, cancellationToken);
        await HostCommand.ScriptAsync($"remove the namespace of pod {uid}", null, $"ip netns del {mesh.PodNamespace(uid)} 2>/dev/null || true\n", cancellationToken);
    }

    private static string Link(string uid) => ClusterNetwork.PodLinkPrefix + uid[..8];
}
