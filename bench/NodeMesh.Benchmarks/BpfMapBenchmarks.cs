using BenchmarkDotNet.Attributes;
using NodeMesh.Linux.Bpf;

namespace NodeMesh.Benchmarks;

/// <summary>
/// The same question where eBPF captured: an entry is put in by a program in the kernel and taken out by the proxy.
/// A map of that shape is used here, and the entry is put in by this process, which is measured by itself.
/// </summary>
[MemoryDiagnoser]
public class BpfMapBenchmarks
{
    private readonly OriginalDestinationValue _value = new(1, 0, 1, 80);
    private BpfMap<OriginalDestinationKey, OriginalDestinationValue>? _map;

    [GlobalSetup]
    public void Setup()
    {
        _map = BpfMap<OriginalDestinationKey, OriginalDestinationValue>.Create(BpfMapType.Hash, "bench_origins", 65536);
        for (ulong other = 1; other <= 10_000; other++)
        {
            _map.Set(new OriginalDestinationKey(other, 0, 1, 15001), _value);
        }
    }

    [GlobalCleanup]
    public void Cleanup() => _map!.Dispose();

    [Benchmark(Baseline = true)]
    public void Set() => _map!.Set(new OriginalDestinationKey(5, 0, 1, 15001), _value);

    [Benchmark]
    public bool SetAndTake()
    {
        var key = new OriginalDestinationKey(5, 0, 1, 15001);
        _map!.Set(key, _value);
        return _map.TryTake(key, out _);
    }
}
