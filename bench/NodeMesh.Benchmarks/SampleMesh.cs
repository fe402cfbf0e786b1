using System.Globalization;
using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Benchmarks;

/// <summary>A mesh of some size: services with pods spread over the nodes, and policies of the kinds that users write.</summary>
internal static class SampleMesh
{
    public const int Nodes = 20;
    public const int Services = 100;
    public const string Namespace = "shop";

    public static readonly SpiffeId Client = new("cluster.local", Namespace, "web");

    public static MeshModel Create(int endpointsPerService, int policies) => MeshModel.Empty.Apply(new ModelChange
    {
        Nodes = [.. Enumerable.Range(1, Nodes).Select(node => new MeshNode { Name = Node(node), Addresses = [IPAddress.Parse($"172.18.1.{Text(node)}")] })],
        Services = [.. Enumerable.Range(0, Services).Select(Service)],
        Workloads = [.. Enumerable.Range(0, Services).SelectMany(service => Enumerable.Range(0, endpointsPerService).Select(pod => Pod(service, pod)))],
        Policies = [.. Enumerable.Range(0, policies).Select(Policy)],
    });

    public static IPEndPoint AddressOf(int service) => new(Vip(service), 80);

    public static NamespacedName KeyOf(int service) => new(Namespace, $"s{Text(service)}.{Namespace}.svc.cluster.local");

    private static Service Service(int index) => new()
    {
        Name = $"s{Text(index)}",
        Namespace = Namespace,
        Hostname = KeyOf(index).Name,
        Addresses = [Vip(index)],
        Ports = [new ServicePort(80, 8080)],
    };

    private static Workload Pod(int service, int pod) => new()
    {
        Uid = $"Kubernetes//Pod/{Namespace}/s{Text(service)}-{Text(pod)}",
        Name = $"s{Text(service)}-{Text(pod)}",
        Namespace = Namespace,
        Node = Node(1 + (pod % Nodes)),
        Addresses = [new IPAddress([10, (byte)(1 + service), (byte)(pod / 250), (byte)(1 + (pod % 250))])],
        TunnelProtocol = TunnelProtocol.Hbone,
        Services = [new ServiceBinding(KeyOf(service), [new ServicePort(80, 8080)])],
    };

    /// <summary>Allows a service account, a namespace by prefix, or a network, on two ports; the last one made fits <see cref="Client"/>.</summary>
    private static AuthorizationPolicy Policy(int index) => new()
    {
        Name = $"p{Text(index)}",
        Namespace = Namespace,
        Scope = PolicyScope.Namespace,
        Action = index % 4 == 0 ? PolicyAction.Deny : PolicyAction.Allow,
        Rules =
        [
            new PolicyRule(
            [
                new PolicyClause(
                [
                    new PolicyMatch { ServiceAccounts = [new ServiceAccountMatch(Namespace, $"account-{Text(index)}")] },
                    new PolicyMatch { Namespaces = [new StringMatch(StringMatchKind.Prefix, $"team-{Text(index)}-")] },
                    new PolicyMatch { SourceIps = [IPNetwork.Parse($"192.168.{Text(index % 250)}.0/24")] },
                    new PolicyMatch { Principals = [new StringMatch(StringMatchKind.Exact, index % 4 == 3 ? Client.Principal : "nobody")] },
                ]),
                new PolicyClause([new PolicyMatch { DestinationPorts = [8080, 8443] }]),
            ]),
        ],
    };

    private static IPAddress Vip(int service) => new([10, 96, 0, (byte)(1 + service)]);

    private static string Node(int node) => $"node-{Text(node)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
