using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Discovery.Tests;

/// <summary>Model objects with every field set, or just enough of them.</summary>
internal static class Samples
{
    public static Workload Workload(string name, string address = "10.244.1.5", string? service = null) => new()
    {
        Uid = $"Kubernetes//Pod/shop/{name}",
        Name = name,
        Namespace = "shop",
        Addresses = [IPAddress.Parse(address)],
        ServiceAccount = "web",
        Node = "node-1",
        TunnelProtocol = TunnelProtocol.Hbone,
        Services = service is null ? [] : [new ServiceBinding(new NamespacedName("shop", service), [new ServicePort(80, 8080)])],
    };

    public static Service Service(string hostname, string address = "10.96.0.20") => new()
    {
        Name = hostname.Split('.')[0],
        Namespace = "shop",
        Hostname = hostname,
        Addresses = [IPAddress.Parse(address)],
        Ports = [new ServicePort(80, 8080)],
    };

    public static AuthorizationPolicy Policy(string name) => new()
    {
        Name = name,
        Namespace = "shop",
        Scope = PolicyScope.Namespace,
        Action = PolicyAction.Deny,
        Rules = [new PolicyRule([new PolicyClause([new PolicyMatch { DestinationPorts = [8080] }])])],
    };
}
