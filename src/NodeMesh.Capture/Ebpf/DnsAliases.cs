using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Capture.Ebpf;

/// <summary>
/// Addresses of the proxy's DNS listener beside loopback (native/include/nodemesh/capture.h): an application that asks several servers by one unconnected socket
/// asks each at one of them, so that programs can tell whose answer comes. Those of IPv4 are loopback's own, those of IPv6 are made local by a route (<see cref="PodRouting"/>).
/// </summary>
internal static class DnsAliases
{
    /// <summary>The route that makes those of IPv6 local.</summary>
    internal const string Ipv6Route = "fd16:9254:7127:1353::/64";

    /// <summary>All of them.</summary>
    internal static ImmutableArray<IPAddress> All { get; } =
        [IPAddress.Parse("127.15.53.1"), IPAddress.Parse("127.15.53.2"), IPAddress.Parse("fd16:9254:7127:1353::1"), IPAddress.Parse("fd16:9254:7127:1353::2")];
}
