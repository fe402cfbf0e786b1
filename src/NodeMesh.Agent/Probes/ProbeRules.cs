using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NodeMesh.Linux.Tools;

namespace NodeMesh.Agent.Probes;

/// <summary>
/// Lets health probes through: what the node's own root processes, as the kubelet is one, open to its meshed pods gets the probe address as source, which capture leaves alone, so that pods
/// which demand mutual TLS still pass their kubelet's probes. A table of its own, replaced in one step: nobody else's rules are touched, and theirs leave this one alone.
/// </summary>
internal sealed class ProbeRules
{
    /// <summary>The table's name.</summary>
    public const string Table = "nodemesh-probes";

    // Also an element of capture's rules: see CaptureMarks.ProbeSource.
    private static readonly string Source = NodeMesh.Capture.CaptureMarks.ProbeSource.ToString();
    private static readonly string SourceV6 = NodeMesh.Capture.CaptureMarks.ProbeSourceV6.ToString();

    private ImmutableSortedSet<string>? _applied;

    /// <summary>Removes the table, whether it is there or not.</summary>
    public static string RemovalScript => $"add table ip {Table}\ndelete table ip {Table}\nadd table ip6 {Table}\ndelete table ip6 {Table}\n";

    /// <summary>Makes the set of pods be this one; also where somebody has flushed the table.</summary>
    /// <param name="pods">The meshed pods' addresses.</param>
    /// <param name="verify">True to look whether the table is still there.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ToolException">nft cannot be run, or the kernel refuses.</exception>
    public async Task ApplyAsync(IEnumerable<string> pods, bool verify, CancellationToken ct)
    {
        var wanted = pods.ToImmutableSortedSet(StringComparer.Ordinal);
        if (_applied?.SetEquals(wanted) == true && !(verify && await IsGoneAsync(ct)))
        {
            return;
        }

        await LinuxTool.RequireAsync(null, "nft", ["-f", "-"], Script(wanted), ct);
        _applied = wanted;
    }

    /// <summary>Removes the table; one that is not there is no error.</summary>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ToolException">nft cannot be run, or the kernel refuses.</exception>
    public static Task RemoveAsync(CancellationToken ct) =>
        LinuxTool.RequireAsync(null, "nft", ["-f", "-"], RemovalScript, ct);

    /// <summary>The table, as nft reads it.</summary>
    /// <param name="pods">The addresses.</param>
    /// <returns>The script.</returns>
    public static string Script(IReadOnlyCollection<string> pods)
    {
        var addresses = pods.Select(p => IPAddress.TryParse(p, out var a) ? a : null).OfType<IPAddress>().ToList();
        return Family("ip", "ipv4_addr", Source, addresses.Where(a => a.AddressFamily == AddressFamily.InterNetwork))
            + Family("ip6", "ipv6_addr", SourceV6, addresses.Where(a => a.AddressFamily == AddressFamily.InterNetworkV6));
    }

    // One before srcnat (100), where kube-proxy and the network plugins masquerade: the first translation of a connection counts. Only packets of the
    // node's own sockets have an owner; a pod's have none outside its namespace, so no pod of another network gets through as a probe. Nor does who is not root,
    // such as most pods of the host's network; the kubelet is, also of a user namespace, by whose numbers nftables goes.
    private static string Family(string family, string type, string source, IEnumerable<IPAddress> pods)
    {
        var elements = string.Join(", ", pods);
        return $$"""
            add table {{family}} {{Table}}
            delete table {{family}} {{Table}}
            table {{family}} {{Table}} {
                set pods {
                    type {{type}}
                    {{(elements.Length > 0 ? $"elements = {{ {elements} }}" : string.Empty)}}
                }
                chain postrouting {
                    type nat hook postrouting priority 99; policy accept;
                    meta l4proto tcp meta skuid 0 {{family}} daddr @pods snat to {{source}}
                }
            }

            """;
    }

    private static async Task<bool> IsGoneAsync(CancellationToken ct)
    {
        foreach (var family in (string[])["ip", "ip6"])
        {
            var shown = await LinuxTool.RunAsync(null, "nft", ["list", "chain", family, Table, "postrouting"], null, ct);
            if (!shown.Succeeded || !shown.Output.Contains("snat to", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
