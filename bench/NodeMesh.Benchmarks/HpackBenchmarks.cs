using System.Buffers;
using BenchmarkDotNet.Attributes;
using NodeMesh.Tunnel.Hpack;

namespace NodeMesh.Benchmarks;

/// <summary>The headers of one CONNECT request.</summary>
[MemoryDiagnoser]
public class HpackBenchmarks
{
    private readonly KeyValuePair<string, string>[] _fields =
    [
        new(":method", "CONNECT"),
        new(":authority", "10.244.1.7:8080"),
        new("forwarded", "for=\"10.244.0.4:51234\";host=web.shop.svc.cluster.local"),
        new("baggage", "k8s.cluster.name=Kubernetes,k8s.namespace.name=shop,k8s.deployment.name=web,service.name=web,service.version=v1"),
        new("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"),
    ];

    private readonly ArrayBufferWriter<byte> _block = new();
    private readonly List<KeyValuePair<string, string>> _decoded = [];
    private readonly HpackEncoder _encoder = new();
    private readonly HpackDecoder _decoder = new(HpackEncoder.DefaultTableSize, 65536);
    private byte[] _repeated = [];

    [GlobalSetup]
    public void Setup()
    {
        // The first block fills the tables; what is measured is every later one.
        _encoder.Encode(_fields, _block);
        _decoder.Decode(_block.WrittenSpan, _decoded);
        _block.ResetWrittenCount();
        _encoder.Encode(_fields, _block);
        _repeated = _block.WrittenSpan.ToArray();
    }

    [Benchmark]
    public int Encode()
    {
        _block.ResetWrittenCount();
        _encoder.Encode(_fields, _block);
        return _block.WrittenCount;
    }

    [Benchmark]
    public int Decode()
    {
        _decoded.Clear();
        _decoder.Decode(_repeated, _decoded);
        return _decoded.Count;
    }
}
