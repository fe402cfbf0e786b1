using System.Net;
using BenchmarkDotNet.Attributes;
using NodeMesh.Model;

namespace NodeMesh.Benchmarks;

/// <summary>One connection against all policies of its destination's namespace.</summary>
[MemoryDiagnoser]
public class AuthorizationBenchmarks
{
    private readonly ConnectionFacts _facts = new(SampleMesh.Client, IPAddress.Parse("10.244.1.2"), IPAddress.Parse("10.1.0.1"), 8080);
    private MeshModel _model = MeshModel.Empty;
    private Workload? _destination;

    [Params(0, 4, 40)]
    public int Policies { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _model = SampleMesh.Create(3, Policies);
        _destination = _model.WorkloadsOf(SampleMesh.KeyOf(0))[0];
    }

    [Benchmark]
    public AuthorizationVerdict Authorize() => Authorizer.Authorize(_model, _destination!, _facts).Verdict;
}
