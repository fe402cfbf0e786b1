using BenchmarkDotNet.Attributes;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Benchmarks;

/// <summary>The choice of an endpoint for a request, by each balancer; and with it the look-up of the service's cluster.</summary>
[MemoryDiagnoser]
public class BalancerBenchmarks
{
    private readonly ClientPlacement _client = new(SampleMesh.Namespace, "node-1", Locality.Unknown, "Kubernetes", "");
    private readonly UpstreamClusters _clusters = new(new Random(1), TimeProvider.System);
    private MeshModel _model = MeshModel.Empty;
    private Service? _service;
    private TrafficPolicy? _policy;
    private UpstreamCluster? _cluster;
    private ulong _key;

    [Params("least-request", "round-robin", "random", "ring-hash", "maglev")]
    public string Balancer { get; set; } = "";

    [Params(3, 1000)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _model = SampleMesh.Create(Endpoints, 0);
        _service = _model.FindService(SampleMesh.KeyOf(50))!;
        var hash = new ConsistentHash { On = HashKeyKind.Header, Key = "x-user", Maglev = Balancer == "maglev" };
        _policy = new TrafficPolicy
        {
            Origin = new ResourceOrigin("DestinationRule", SampleMesh.Namespace, "all"),
            Settings = new TrafficSettings
            {
                LoadBalancer = Balancer switch
                {
                    "least-request" => new LoadBalancer(),
                    "round-robin" => new LoadBalancer { Kind = LoadBalancerKind.RoundRobin },
                    "random" => new LoadBalancer { Kind = LoadBalancerKind.Random },
                    _ => new LoadBalancer { Kind = LoadBalancerKind.ConsistentHash, Hash = hash },
                },
            },
        };
        _cluster = _clusters.Find(_model, _service, 80, "", _client, null, _policy);
    }

    [Benchmark]
    public object? Choose() => _cluster!.Choose(new EndpointQuery { Hash = _key += 0x9e3779b97f4a7c15 });

    [Benchmark]
    public object? FindAndChoose() =>
        _clusters.Find(_model, _service!, 80, "", _client, null, _policy).Choose(new EndpointQuery { Hash = _key += 0x9e3779b97f4a7c15 });
}
