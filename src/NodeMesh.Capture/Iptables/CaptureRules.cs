using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Capture.Iptables;

/// <summary>
/// The rules of a captured pod, in the order that matters. <c>raw</c> keeps the proxy's DNS questions apart from the pod's, <c>mangle</c> brings the
/// application's answers to looped connections back to the proxy, <c>nat</c> redirects. The chains' first packet decides: later ones follow connection tracking.
/// </summary>
internal static class CaptureRules
{
    /// <summary>The chain that PREROUTING jumps to.</summary>
    internal const string IncomingChain = "NODEMESH_PRERT";

    /// <summary>The chain that OUTPUT jumps to.</summary>
    internal const string OutgoingChain = "NODEMESH_OUTPUT";

    /// <summary>The zone in which connection tracking has what the proxy sends to an application over loopback.</summary>
    internal const int DeliveryZone = 2;

    private const int DnsPort = 53;
    private static readonly string ProxyMark = Mark(CaptureMarks.Proxy);
    private static readonly string LoopedMark = Mark(CaptureMarks.Looped);
    private static readonly string ToOutbound = Redirect(MeshPorts.Outbound);
    private static readonly string ToInbound = Redirect(MeshPorts.InboundPlaintext);
    private static readonly string ToDns = Redirect(MeshPorts.Dns);

    /// <summary>Makes the rules; <c>nat</c> is last, so that nothing is redirected before the answers' way back is there.</summary>
    internal static ImmutableArray<RuleTable> Build(CaptureExclusions exclusions, AddressFamilyTools family) =>
        [Raw(), Mangle(), new RuleTable("nat", [.. NatIncoming(exclusions, family)], [.. NatOutgoing(exclusions, family)])];

    /// <summary>
    /// Own connection-tracking zones for what would else be two connections with one name. The proxy's DNS question may use the ports of the pod's own. And
    /// a looped connection may get the very port of the client whose captured connection it continues: its first direction is looked up in zone 2, while the
    /// application, which knows of no zones, answers in the common one.
    /// </summary>
    private static RuleTable Raw() => new(
        "raw",
        [$"-p udp -m mark ! --mark {ProxyMark} -m udp --sport 53 -j CT --zone 1"],
        [
            $"-p udp -m mark --mark {ProxyMark} -m udp --dport 53 -j CT --zone 1",
            $"-o lo -p tcp -m mark --mark {ProxyMark} -j CT --zone-orig {Number(DeliveryZone)}",
        ]);

    /// <summary>
    /// A connection from the proxy to the application carries the client's address; without the connection mark the answers would leave by the pod's device.
    /// </summary>
    private static RuleTable Mangle() => new(
        "mangle",
        [$"-m mark --mark {ProxyMark} -j CONNMARK --set-xmark {LoopedMark}"],
        [$"-m connmark --mark {LoopedMark} -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff"]);

    private static IEnumerable<string> NatIncoming(CaptureExclusions exclusions, AddressFamilyTools family)
    {
        foreach (var device in exclusions.VirtualInterfaces)
        {
            yield return $"-i {device} -p tcp -j {ToOutbound}";
        }

        yield return $"-s {family.Probe} -p tcp -j ACCEPT";
        foreach (var port in exclusions.ExcludeInboundPorts)
        {
            yield return $"-p tcp -m tcp --dport {Number(port)} -j RETURN";
        }

        if (exclusions.IncludeInboundPorts is not { } included)
        {
            yield return $"! -d {family.Loopback} -p tcp -m tcp ! --dport {Number(MeshPorts.Hbone)} -m mark ! --mark {ProxyMark} -j {ToInbound}";
            yield break;
        }

        foreach (var port in included.Where(p => p != MeshPorts.Hbone))
        {
            yield return $"! -d {family.Loopback} -p tcp -m tcp --dport {Number(port)} -m mark ! --mark {ProxyMark} -j {ToInbound}";
        }
    }

    private static IEnumerable<string> NatOutgoing(CaptureExclusions exclusions, AddressFamilyTools family)
    {
        yield return $"-d {family.Probe} -p tcp -j ACCEPT";
        if (exclusions.CaptureDns && !exclusions.ExcludeOutboundPorts.Contains(DnsPort))
        {
            yield return $"! -o lo -p udp -m mark ! --mark {ProxyMark} -m udp --dport 53 -j {ToDns}";
            yield return $"! -d {family.Loopback} -p tcp -m tcp --dport 53 -m mark ! --mark {ProxyMark} -j {ToDns}";
        }

        yield return $"-p tcp -m mark --mark {LoopedMark} -j ACCEPT";
        // A pod that calls its own address talks to itself: nobody else is there to be authenticated.
        yield return $"! -d {family.Loopback} -o lo -j ACCEPT";
        foreach (var port in exclusions.ExcludeOutboundPorts)
        {
            yield return $"-p tcp -m tcp --dport {Number(port)} -j RETURN";
        }

        foreach (var port in exclusions.IncludeOutboundPorts)
        {
            yield return $"! -d {family.Loopback} -p tcp -m tcp --dport {Number(port)} -m mark ! --mark {ProxyMark} -j {ToOutbound}";
        }

        foreach (var rule in NatOutgoingRanges(exclusions, family))
        {
            yield return rule;
        }
    }

    private static IEnumerable<string> NatOutgoingRanges(CaptureExclusions exclusions, AddressFamilyTools family)
    {
        var all = $"! -d {family.Loopback} -p tcp -m mark ! --mark {ProxyMark} -j {ToOutbound}";
        if (exclusions.IncludeAllOutboundPorts)
        {
            yield return all;
            yield break;
        }

        foreach (var range in exclusions.ExcludeOutboundRanges.Where(r => Is(r, family)))
        {
            yield return $"-d {range} -p tcp -j RETURN";
        }

        if (exclusions.IncludeOutboundRanges is not { } included)
        {
            yield return all;
            yield break;
        }

        yield return $"-d {family.Loopback} -p tcp -j RETURN";
        foreach (var range in included.Where(r => Is(r, family)))
        {
            yield return $"-d {range} -p tcp -m mark ! --mark {ProxyMark} -j {ToOutbound}";
        }
    }

    private static bool Is(IPNetwork range, AddressFamilyTools family) => range.BaseAddress.AddressFamily == family.Family;

    private static string Mark(uint mark) => string.Create(CultureInfo.InvariantCulture, $"0x{mark:x}/0x{CaptureMarks.Mask:x}");

    private static string Redirect(int port) => "REDIRECT --to-ports " + Number(port);

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
