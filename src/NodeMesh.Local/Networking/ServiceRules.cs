using System.Globalization;
using System.Net.Sockets;
using System.Text;
using NodeMesh.Local.Cluster;

namespace NodeMesh.Local.Networking;

/// <summary>
/// The rules by which pods outside the mesh, and a node's own processes, reach services: what kube-proxy does on a cluster.
/// One table per node, replaced in one transaction, so no packet meets half of a change.
/// </summary>
internal static class ServiceRules
{
    private const int HairpinMark = 0x4000;

    /// <summary>Writes a node's rules.</summary>
    /// <param name="node">The node.</param>
    /// <param name="backends">All ports of all services.</param>
    /// <returns>A script for <c>nft -f</c>.</returns>
    public static string Build(ClusterNode node, IReadOnlyList<ServiceBackend> backends)
    {
        var script = new StringBuilder();
        script.AppendLine("add table inet nodemesh_services");
        script.AppendLine("delete table inet nodemesh_services");
        script.AppendLine("table inet nodemesh_services {");
        var rules = new StringBuilder();
        for (var i = 0; i < backends.Count; i++)
        {
            AppendBackend(script, rules, backends[i], i);
        }

        AppendChains(script, rules, node);
        script.AppendLine("}");
        return script.ToString();
    }

    private static void AppendBackend(StringBuilder chains, StringBuilder rules, ServiceBackend backend, int index)
    {
        if (backend.Endpoints.Length == 0)
        {
            return;
        }

        var family = backend.Address.AddressFamily == AddressFamily.InterNetwork ? "ip" : "ip6";
        for (var e = 0; e < backend.Endpoints.Length; e++)
        {
            var endpoint = backend.Endpoints[e];
            chains.AppendLine(CultureInfo.InvariantCulture, $"chain svc{index}_{e} {{");
            chains.AppendLine(CultureInfo.InvariantCulture, $"{family} saddr {endpoint.Address} meta mark set meta mark | {HairpinMark}");
            chains.AppendLine(CultureInfo.InvariantCulture, $"meta l4proto {backend.Protocol} dnat {family} to {endpoint}");
            chains.AppendLine("}");
        }

        var match = string.Create(CultureInfo.InvariantCulture, $"{family} daddr {backend.Address} {backend.Protocol} dport {backend.Port}");
        var choice = backend.Endpoints.Length == 1
            ? $"goto svc{index.ToString(CultureInfo.InvariantCulture)}_0"
            : $"numgen random mod {backend.Endpoints.Length} vmap {{ {string.Join(", ", Enumerable.Range(0, backend.Endpoints.Length).Select(e => $"{e} : goto svc{index}_{e}"))} }}";
        rules.AppendLine(CultureInfo.InvariantCulture, $"{match} {choice}");
    }

    private static void AppendChains(StringBuilder script, StringBuilder rules, ClusterNode node)
    {
        var reject = $$"""
            ip daddr {{AddressPlan.ServicesV4}} ip daddr != {{AddressPlan.DnsV4}} meta l4proto tcp reject with tcp reset
            ip6 daddr {{AddressPlan.ServicesV6}} ip6 daddr != {{AddressPlan.DnsV6}} meta l4proto tcp reject with tcp reset
            ip daddr {{AddressPlan.ServicesV4}} ip daddr != {{AddressPlan.DnsV4}} reject
            ip6 daddr {{AddressPlan.ServicesV6}} ip6 daddr != {{AddressPlan.DnsV6}} reject
            """;
        script.AppendLine(CultureInfo.InvariantCulture, $$"""
            chain services {
            {{rules}}
            }
            chain prerouting {
                type nat hook prerouting priority -100; policy accept;
                iifname "{{ClusterNetwork.PodLinkPrefix}}*" jump services
            }
            chain output {
                type nat hook output priority -100; policy accept;
                jump services
            }
            chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                meta nfproto ipv4 meta mark & {{HairpinMark}} != 0 snat ip to {{node.Addresses[0]}}
                meta nfproto ipv6 meta mark & {{HairpinMark}} != 0 snat ip6 to {{node.Addresses[1]}}
            }
            chain reject_forwarded {
                type filter hook prerouting priority -90; policy accept;
                {{reject}}
            }
            chain reject_local {
                type filter hook output priority -90; policy accept;
                {{reject}}
            }
            """);
    }
}
