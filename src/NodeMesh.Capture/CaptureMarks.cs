using System.Net;

namespace NodeMesh.Capture;

/// <summary>The numbers by which rules, sockets and tools know the mesh's traffic: ambient mode's own, so that other tools recognise them.</summary>
public static class CaptureMarks
{
    /// <summary>The mark on every packet of the proxy's sockets.</summary>
    public const uint Proxy = 0x539;

    /// <summary>The mark of the proxy's sockets that deliver to the application with a client's address: <see cref="Proxy"/>, and a bit that tells them from its others.</summary>
    public const uint Delivery = 0x10539;

    /// <summary>Which bits tell a delivery.</summary>
    public const uint DeliveryMask = 0x10fff;

    /// <summary>The connection mark of connections from the proxy to the application with a client's address: their answers have to come back to the proxy.</summary>
    public const uint Looped = 0x111;

    /// <summary>Which bits of a mark are the mesh's.</summary>
    public const uint Mask = 0xfff;

    /// <summary>The routing table that delivers everything locally, for looped connections.</summary>
    public const int RouteTable = 100;

    /// <summary>The preference of the rule that leads to <see cref="RouteTable"/>: just before the main table's 32766.</summary>
    public const int RulePreference = 32764;

    /// <summary>The preference of rules that take in what comes from behind a pod's virtual interfaces.</summary>
    public const int VirtualInterfacePreference = 32763;

    /// <summary>Health probes from this address go to the application without the proxy.</summary>
    public static IPAddress ProbeSource { get; } = IPAddress.Parse("169.254.7.127");

    /// <summary>The same for IPv6.</summary>
    public static IPAddress ProbeSourceV6 { get; } = IPAddress.Parse("fd16:9254:7127:1337:ffff:ffff:ffff:ffff");
}
