using System.Net;
using BenchmarkDotNet.Attributes;
using NodeMesh.Model;

namespace NodeMesh.Benchmarks;

/// <summary>From an original destination to an endpoint: the choice alone, and the whole decision with its look-ups.</summary>
[MemoryDiagnoser]
public class EndpointBenchmarks
{
    private static readonly Func<Workload, int> NoLoad = _ => 0;

    private readonly ClientPlacement _client = new(SampleMesh.Namespace, "node-1", Locality.Unknown, "Kubernetes", "");
    private readonly Random _random = new(1);
    private MeshModel _model = MeshModel.Empty;
    private Service? _service;
    private OutboundRequest? _request;

    [Params(3, 100)]
    public int Endpoints { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _model = SampleMesh.Create(Endpoints, 0);
        _service = _model.FindService(SampleMesh.KeyOf(50));
        _request = new OutboundRequest(SampleMesh.AddressOf(50), _client, SpiffeId.DefaultTrustDomain, [IPAddress.Parse("172.18.1.1")], false);
    }

    [Benchmark]
    public EndpointChoice? Select() => EndpointSelector.Select(_service!, 80, _model.WorkloadsOf(_service!.Key), _client, NoLoad, null, _random);

    [Benchmark]
    public OutboundRoute Decide() => OutboundRouting.Decide(_model, _request!, NoLoad, null, _random).Route;
}
