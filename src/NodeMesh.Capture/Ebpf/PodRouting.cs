using System.Collections.Immutable;
using System.Globalization;
using NodeMesh.Linux.Namespaces;
using NodeMesh.Linux.Tools;

namespace NodeMesh.Capture.Ebpf;

/// <summary>
/// What a pod's namespace needs beside the programs. Deliveries come by loopback with a client's address, and the application's answers have to go back
/// that way: the kernel copies a delivery's mark to the application's socket (<c>tcp_fwmark_accept</c>) and to resets (<c>fwmark_reflect</c>), and a
/// routing rule sends what bears it to a table that calls every address local. What other machines send by virtual interfaces takes the same table. And the DNS
/// listener's further addresses of IPv6 are made local.
/// </summary>
internal static class PodRouting
{
    private const string RulesLine = "rules";

    private static readonly string Common = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        rules={RulesLine}
        table={CaptureMarks.RouteTable} pref={CaptureMarks.RulePreference} virtual={CaptureMarks.VirtualInterfacePreference} aliases={DnsAliases.Ipv6Route} mark=0x{CaptureMarks.Delivery:x}/0x{CaptureMarks.DeliveryMask:x}
        families=-4
        [ ! -d /proc/sys/net/ipv6 ] || families="-4 -6"
        set_all() (
            for f in ipv4/tcp_fwmark_accept ipv4/fwmark_reflect ipv6/fwmark_reflect; do
                [ ! -e /proc/sys/net/$f ] || echo $1 > /proc/sys/net/$f
            done
        )
        devices() (ip $1 rule show pref $virtual | sed -n 's/.* iif \([^ ]*\) .*/\1/p')

        """);

    private const string Apply = """
        set -e
        set_all 1
        # A '+' at the end of a name stands for anything; the routing rules take names only.
        links=$(ip -o link | sed 's/^[0-9]*: \([^:@]*\)[:@].*/\1/')
        named() (
            for d in "$@"; do
                case $d in
                *+) for l in $links; do case $l in lo) ;; "${d%+}"*) echo "$l" ;; esac; done ;;
                *) echo "$d" ;;
                esac
            done | sort -u
        )
        set -- $(named "$@")
        for f in $families; do
            [ $f = -4 ] && all=0.0.0.0/0 || all=::/0
            ip $f route replace local $all dev lo table $table
            [ $f = -4 ] || ip $f route replace local $aliases dev lo
            ip $f rule show pref $pref | grep -q "fwmark $mark " || ip $f rule add pref $pref fwmark $mark lookup $table
            now=" $(devices $f | tr '\n' ' ') "
            for d in "$@"; do
                case $now in *" $d "*) ;; *) ip $f rule add pref $virtual iif "$d" ipproto tcp lookup $table ;; esac
            done
            for d in $now; do
                case " $* " in *" $d "*) ;; *) ip $f rule del pref $virtual iif $d ipproto tcp lookup $table ;; esac
            done
        done
        for t in iptables ip6tables; do
            ! command -v $t-save > /dev/null || ! $t-save | grep -q NODEMESH_ || echo $rules
        done
        ip -o link
        ip -o address

        """;

    private const string Remove = """
        set_all 0
        for f in $families; do
            for d in $(devices $f); do
                ip $f rule del pref $virtual iif $d ipproto tcp lookup $table
            done
            if ip $f rule show pref $pref | grep -q "fwmark $mark "; then
                ip $f rule del pref $pref fwmark $mark lookup $table
                ip $f route flush table $table
                [ $f = -4 ] || ip $f route del local $aliases dev lo
            fi
        done

        """;

    /// <summary>Prepares a pod's namespace, whether it was before or not.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="virtualInterfaces">Devices behind which other machines are, or patterns of them; named ones need not be there yet.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The pod's devices and addresses, and whether it was captured by iptables and still has the rules.</returns>
    /// <exception cref="ToolException">A command failed.</exception>
    internal static async Task<(PodInterfaces Interfaces, bool HasRules)> ApplyAsync(NetworkNamespace ns, ImmutableArray<string> virtualInterfaces, CancellationToken ct)
    {
        var output = await LinuxTool.RequireAsync(ns, "sh", ["-s", "--", .. virtualInterfaces], Common + Apply, ct);
        return (PodInterfaces.Parse(output), output.Split('\n').Contains(RulesLine));
    }

    /// <summary>Undoes it; what is not there is no error.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ToolException">The shell could not be run.</exception>
    internal static Task RemoveAsync(NetworkNamespace ns, CancellationToken ct) => LinuxTool.RunAsync(ns, "sh", ["-s"], Common + Remove, ct);
}
