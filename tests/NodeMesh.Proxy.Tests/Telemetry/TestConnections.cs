using System.Net;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.Telemetry;

internal static class TestConnections
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static Workload Pod(string name, string app, string node) => new()
    {
        Uid = $"Kubernetes//Pod/shop/{name}",
        Name = name,
        Namespace = "shop",
        ServiceAccount = app,
        WorkloadName = app,
        CanonicalName = app,
        CanonicalRevision = "v1",
        Node = node,
        TunnelProtocol = TunnelProtocol.Hbone,
        Addresses = [IPAddress.Parse("10.244.1.5")],
        Locality = new Locality("eu", "eu-1"),
    };

    public static Service Service(string name) => new() { Name = name, Namespace = "shop", Hostname = $"{name}.shop.svc.cluster.local", Addresses = [IPAddress.Parse("10.96.0.20")], Ports = [new ServicePort(80, 8080)] };

    /// <summary>A connection from web to catalog over a tunnel.</summary>
    public static ConnectionRecord Tunnelled(long id = 7, ConnectionDirection direction = ConnectionDirection.Outbound) => new()
    {
        Id = id,
        Direction = direction,
        Source = IPEndPoint.Parse("10.244.1.5:40000"),
        Destination = IPEndPoint.Parse("10.96.0.20:80"),
        Started = Start,
        PodUid = "u-1",
        Upstream = IPEndPoint.Parse("10.244.2.6:8080"),
        TunnelAddress = IPEndPoint.Parse("172.18.1.2:15008"),
        TunnelId = 3,
        SourceWorkload = Pod("web-1", "web", "node-1"),
        DestinationWorkload = Pod("catalog-1", "catalog", "node-2"),
        DestinationService = Service("catalog"),
        SourceIdentity = new SpiffeId("cluster.local", "shop", "web"),
        DestinationIdentity = new SpiffeId("cluster.local", "shop", "catalog"),
        Security = ConnectionSecurity.MutualTls,
    };

    /// <summary>A plaintext connection from outside the mesh, over IPv6.</summary>
    public static ConnectionRecord Plaintext(long id = 8) => new()
    {
        Id = id,
        Direction = ConnectionDirection.Inbound,
        Source = IPEndPoint.Parse("[fd00:244:1::9]:40001"),
        Destination = IPEndPoint.Parse("[fd00:244:2::6]:8080"),
        Started = Start,
        DestinationWorkload = Pod("catalog-1", "catalog", "node-2"),
        Security = ConnectionSecurity.Plaintext,
    };
}
