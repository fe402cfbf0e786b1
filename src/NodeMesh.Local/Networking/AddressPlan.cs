using System.Globalization;
using System.Net;

namespace NodeMesh.Local.Networking;

/// <summary>
/// The addresses of a local mesh. All of them live in namespaces of its own, so every mesh uses the same ones.
/// Switch 172.18.0.0/16 and fd00:18::/64; pods of node N 10.244.N.0/24 and fd00:244:N::/64; services 10.96.0.0/16 and fd00:96::/112.
/// </summary>
internal static class AddressPlan
{
    /// <summary>The most nodes that a local mesh has.</summary>
    public const int MaxNodes = 50;

    /// <summary>The first host number that a pod gets.</summary>
    public const int FirstPod = 2;

    /// <summary>The last host number that a pod gets.</summary>
    public const int LastPod = 254;

    /// <summary>Services, IPv4.</summary>
    public const string ServicesV4 = "10.96.0.0/16";

    /// <summary>Services, IPv6.</summary>
    public const string ServicesV6 = "fd00:96::/112";

    /// <summary>A pod's gateway on its own link.</summary>
    public const string GatewayV4 = "169.254.1.1";

    /// <summary>A pod's gateway on its own link.</summary>
    public const string GatewayV6 = "fe80::1";

    /// <summary>The source of probes; capture rules leave it alone, so only the node itself may send from it (reference: ambient mode's probe address).</summary>
    public static readonly IPAddress ProbeV4 = IPAddress.Parse("169.254.7.127");

    /// <summary>The source of probes, IPv6.</summary>
    public static readonly IPAddress ProbeV6 = IPAddress.Parse("fd16:9254:7127:1337:ffff:ffff:ffff:ffff");

    /// <summary>The control plane's address on the switch.</summary>
    public static readonly IPAddress SwitchV4 = IPAddress.Parse("172.18.0.1");

    /// <summary>The control plane's address on the switch.</summary>
    public static readonly IPAddress SwitchV6 = IPAddress.Parse("fd00:18::1");

    /// <summary>Cluster DNS.</summary>
    public static readonly IPAddress DnsV4 = IPAddress.Parse("10.96.0.10");

    /// <summary>Cluster DNS.</summary>
    public static readonly IPAddress DnsV6 = IPAddress.Parse("fd00:96::a");

    /// <summary>A node's address.</summary>
    /// <param name="node">Its number, from 1.</param>
    public static IPAddress NodeV4(int node) => Parse($"172.18.1.{node}");

    /// <summary>A node's address.</summary>
    /// <param name="node">Its number, from 1.</param>
    public static IPAddress NodeV6(int node) => Parse($"fd00:18::1:{node:x}");

    /// <summary>The pods of a node.</summary>
    /// <param name="node">Its number, from 1.</param>
    public static string PodsV4(int node) => $"10.244.{node.ToString(CultureInfo.InvariantCulture)}.0/24";

    /// <summary>The pods of a node.</summary>
    /// <param name="node">Its number, from 1.</param>
    public static string PodsV6(int node) => $"fd00:244:{node.ToString("x", CultureInfo.InvariantCulture)}::/64";

    /// <summary>A pod's address.</summary>
    /// <param name="node">Its node's number.</param>
    /// <param name="host">Its host number.</param>
    public static IPAddress PodV4(int node, int host) => Parse($"10.244.{node}.{host}");

    /// <summary>A pod's address.</summary>
    /// <param name="node">Its node's number.</param>
    /// <param name="host">Its host number.</param>
    public static IPAddress PodV6(int node, int host) => Parse($"fd00:244:{node:x}::{host:x}");

    /// <summary>A service's address.</summary>
    /// <param name="host">Its number, 1 to 65534.</param>
    public static IPAddress ServiceV4(int host) => Parse($"10.96.{host >> 8}.{host & 255}");

    /// <summary>A service's address.</summary>
    /// <param name="host">Its number, 1 to 65534.</param>
    public static IPAddress ServiceV6(int host) => Parse($"fd00:96::{host:x}");

    /// <summary>The number of a service's address.</summary>
    /// <param name="address">An address.</param>
    /// <returns>Its number, or null when it is not in <see cref="ServicesV4"/> or <see cref="ServicesV6"/>.</returns>
    public static int? ServiceNumber(IPAddress address)
    {
        var range = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? ServicesV4 : ServicesV6;
        var bytes = address.GetAddressBytes();
        var number = (bytes[^2] << 8) | bytes[^1];
        return IPNetwork.Parse(range).Contains(address) && number is > 0 and < 65535 ? number : null;
    }

    private static IPAddress Parse(FormattableString text) => IPAddress.Parse(text.ToString(CultureInfo.InvariantCulture));
}
