using System.Globalization;
using System.Text;
using NodeMesh.Linux.Tools;
using NodeMesh.Local.Cluster;
using NodeMesh.Local.Layout;
using NodeMesh.Local.Tools;

namespace NodeMesh.Local.Networking;

/// <summary>Makes the network namespaces of the switch and of the nodes. The machine's own namespace gets no interface, route or rule.</summary>
/// <param name="mesh">The mesh.</param>
/// <param name="nodes">Its nodes.</param>
internal sealed class ClusterNetwork(MeshName mesh, IReadOnlyList<ClusterNode> nodes)
{
    /// <summary>Prefix of the node's end of a pod's link.</summary>
    public const string PodLinkPrefix = "nmp";

    // A pod may send from its own addresses only, and nobody but the node from the probes' address, which capture lets pass.
    private static readonly string GuardRules = $$"""
        table inet nodemesh_guard {
            set pods4 { type ifname . ipv4_addr; }
            set pods6 { type ifname . ipv6_addr; }
            chain prerouting {
                type filter hook prerouting priority raw; policy accept;
                iifname != "lo" ip saddr {{AddressPlan.ProbeV4}} drop
                iifname != "lo" ip6 saddr {{AddressPlan.ProbeV6}} drop
                iifname "{{PodLinkPrefix}}*" meta nfproto ipv4 iifname . ip saddr != @pods4 drop
                iifname "{{PodLinkPrefix}}*" meta nfproto ipv6 ip6 saddr != { ::, fe80::/10 } iifname . ip6 saddr != @pods6 drop
            }
        }

        """;

    // Addresses are ours alone, so duplicate address detection would only delay them.
    private const string Sysctls = """
        cd /proc/sys/net
        echo 1 > ipv4/ip_forward
        echo 1 > ipv6/conf/all/forwarding
        echo 0 > ipv4/conf/all/rp_filter
        echo 0 > ipv4/conf/default/rp_filter
        echo 0 > ipv6/conf/all/accept_dad
        echo 0 > ipv6/conf/default/accept_dad
        echo 0 > ipv6/conf/default/accept_ra

        """;

    /// <summary>Makes all of it.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ToolException">A tool failed.</exception>
    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        var all = nodes.Select(n => mesh.NodeNamespace(n.Name)).Prepend(mesh.SwitchNamespace);
        await HostCommand.ScriptAsync("make network namespaces", null, string.Concat(all.Select(n => $"ip netns add {n}\n")), cancellationToken);
        await HostCommand.ScriptAsync("make the switch", mesh.SwitchNamespace, SwitchScript(), cancellationToken);
        foreach (var node in nodes)
        {
            await HostCommand.ScriptAsync($"make {node.Name}", mesh.NodeNamespace(node.Name), NodeScript(node), cancellationToken);
        }
    }

    private string SwitchScript()
    {
        var script = new StringBuilder(Sysctls);
        script.AppendLine("ip -batch - <<END");
        script.AppendLine("link set lo up");
        script.AppendLine("link add br0 type bridge forward_delay 0 mcast_snooping 0");
        script.AppendLine(CultureInfo.InvariantCulture, $"addr add {AddressPlan.SwitchV4}/16 dev br0");
        script.AppendLine(CultureInfo.InvariantCulture, $"addr add {AddressPlan.SwitchV6}/64 dev br0 nodad");
        script.AppendLine("link set br0 up");
        foreach (var node in nodes)
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"link add {node.Name} type veth peer name eth0 netns {mesh.NodeNamespace(node.Name)}");
            script.AppendLine(CultureInfo.InvariantCulture, $"link set {node.Name} master br0 up");
            AppendPodRoutes(script, node, "br0");
        }

        script.AppendLine("END");
        return script.ToString();
    }

    private string NodeScript(ClusterNode node)
    {
        var script = new StringBuilder(Sysctls);
        script.AppendLine("ip -batch - <<END");
        script.AppendLine("link set lo up");
        script.AppendLine(CultureInfo.InvariantCulture, $"addr add {node.Addresses[0]}/16 dev eth0");
        script.AppendLine(CultureInfo.InvariantCulture, $"addr add {node.Addresses[1]}/64 dev eth0 nodad");
        script.AppendLine("link set eth0 up");
        foreach (var own in new[] { $"{AddressPlan.GatewayV4}/32", $"{AddressPlan.ProbeV4}/32", $"{AddressPlan.ProbeV6}/128", $"{AddressPlan.DnsV4}/32", $"{AddressPlan.DnsV6}/128" })
        {
            script.AppendLine(CultureInfo.InvariantCulture, $"addr add {own} dev lo");
        }

        // A route for service addresses lets a node's own process get as far as the rules that rewrite or reject them.
        script.AppendLine(CultureInfo.InvariantCulture, $"route add {AddressPlan.ServicesV4} dev eth0");
        script.AppendLine(CultureInfo.InvariantCulture, $"route add {AddressPlan.ServicesV6} dev eth0");
        foreach (var other in nodes.Where(n => n.Index != node.Index))
        {
            AppendPodRoutes(script, other, "eth0");
        }

        script.AppendLine("END");
        script.AppendLine("nft -f - <<'END'");
        script.Append(GuardRules);
        script.AppendLine("END");
        return script.ToString();
    }

    private static void AppendPodRoutes(StringBuilder script, ClusterNode node, string device)
    {
        script.AppendLine(CultureInfo.InvariantCulture, $"route add {AddressPlan.PodsV4(node.Index)} via {node.Addresses[0]} dev {device}");
        script.AppendLine(CultureInfo.InvariantCulture, $"route add {AddressPlan.PodsV6(node.Index)} via {node.Addresses[1]} dev {device}");
    }
}
