using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Capture.Iptables;

/// <summary>What differs between the rules of IPv4 and of IPv6.</summary>
/// <param name="Family">The family.</param>
/// <param name="SaveTool">Prints the rules.</param>
/// <param name="RestoreTool">Applies rules.</param>
/// <param name="IpFlag"><c>ip</c>'s option for the family.</param>
/// <param name="Loopback">The loopback address as a rule writes it.</param>
/// <param name="Probe">The probes' address as a rule writes it.</param>
/// <param name="Everything">The prefix of all addresses.</param>
internal sealed record AddressFamilyTools(AddressFamily Family, string SaveTool, string RestoreTool, string IpFlag, string Loopback, string Probe, string Everything)
{
    internal static AddressFamilyTools V4 { get; } =
        new(AddressFamily.InterNetwork, "iptables-save", "iptables-restore", "-4", "127.0.0.1/32", $"{CaptureMarks.ProbeSource}/32", "0.0.0.0/0");

    internal static AddressFamilyTools V6 { get; } =
        new(AddressFamily.InterNetworkV6, "ip6tables-save", "ip6tables-restore", "-6", "::1/128", $"{CaptureMarks.ProbeSourceV6}/128", "::/0");

    internal IPAddress LoopbackAddress => Family == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
}
