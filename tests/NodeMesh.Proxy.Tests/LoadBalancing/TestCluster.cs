using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.LoadBalancing;

/// <summary>A cluster with endpoints that a test names, a clock that it moves, and chance that is always the same.</summary>
internal sealed class TestCluster
{
    private static readonly NamespacedName Key = new("shop", "web.shop.svc.cluster.local");

    private readonly Service _service = new() { Name = "web", Namespace = "shop", Hostname = Key.Name, Ports = [new ServicePort(80, 8080)] };
    private TrafficPolicy _policy;

    public TestCluster(TrafficSettings settings, params Workload[] endpoints)
        : this(settings, "", endpoints)
    {
    }

    public TestCluster(TrafficSettings settings, string subset, params Workload[] endpoints)
    {
        _policy = new TrafficPolicy
        {
            Origin = new ResourceOrigin("DestinationRule", "shop", "web"),
            Settings = settings,
            Subsets = [new TrafficSubset("v1", [new WorkloadLabel("version", "v1")], null, default)],
        };
        Cluster = new UpstreamCluster(
            new UpstreamClusterKey(Key, 80, subset, "", Client.Locality, default), new Balancers(new Random(7)), Time, (_, e, ejected) => Ejections.Add((e.Workload.Name, ejected)));
        Update(endpoints);
    }

    public ManualTimeProvider Time { get; } = new();

    public List<(string Name, bool Ejected)> Ejections { get; } = [];

    public ClientPlacement Client { get; } = new("shop", "node-1", new Locality("r1", "z1"), "Kubernetes", "");

    public UpstreamCluster Cluster { get; }

    public static Workload Endpoint(string name, uint capacity = 1, string place = "r1/z1", string version = "v1")
    {
        var parts = place.Split('/');
        return new Workload
        {
            Uid = $"Kubernetes//Pod/shop/{name}",
            Name = name,
            Namespace = "shop",
            Node = "node-1",
            Addresses = [IPAddress.Parse("10.244.1.2")],
            Capacity = capacity,
            Locality = new Locality(parts[0], parts[1]),
            Labels = [new WorkloadLabel("version", version)],
        };
    }

    public void Update(params Workload[] endpoints) => Cluster.Update(_service, [.. endpoints], _policy, Client);

    public void Update(TrafficSettings settings, params Workload[] endpoints)
    {
        _policy = _policy with { Settings = settings };
        Update(endpoints);
    }

    public string? Choose(EndpointQuery query = default) => Cluster.Choose(query)?.Workload.Name;

    public List<string> Choose(int times) => [.. Enumerable.Range(0, times).Select(_ => Choose() ?? "none")];

    public UpstreamEndpoint Find(string name)
    {
        foreach (var group in Cluster.Endpoints.Groups)
        {
            foreach (var endpoint in group.Endpoints)
            {
                if (endpoint.Workload.Name == name)
                {
                    return endpoint;
                }
            }
        }

        throw new InvalidOperationException($"no endpoint {name}");
    }

    public static TrafficSettings With(LoadBalancerKind kind, ConsistentHash? hash = null) => new() { LoadBalancer = new LoadBalancer { Kind = kind, Hash = hash } };

    public static IReadOnlySet<string> Uids(params string[] names) => names.Select(n => $"Kubernetes//Pod/shop/{n}").ToImmutableHashSet();
}
