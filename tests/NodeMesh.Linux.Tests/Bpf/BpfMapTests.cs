using System.Runtime.InteropServices;
using NodeMesh.Linux.Bpf;

namespace NodeMesh.Linux.Tests.Bpf;

public sealed class BpfMapTests : IDisposable
{
    private readonly BpfObject _object = BpfTestObjects.Load("probe");

    public void Dispose() => _object.Dispose();

    [Fact]
    public void Hash_SetReadTakeDelete_AnswersAsTheKernelDoes()
    {
        using var flows = _object.Map<uint, Flow>("flows");
        var flow = new Flow { Cookie = 77, Port = 8080, Second = 5 };
        Assert.False(flows.TryGetValue(1, out _));

        flows.Set(1, flow);
        Assert.True(flows.TryGetValue(1, out var read));
        Assert.Equal(flow.Cookie, read.Cookie);
        Assert.Equal(flow.Second, read.Second);
        Assert.False(flows.TryAdd(1, flow));
        Assert.True(flows.TryTake(1, out read));
        Assert.Equal(8080, read.Port);
        Assert.False(flows.TryTake(1, out _));
        Assert.False(flows.Delete(1));

        var missing = Assert.Throws<BpfException>(() => flows.Set(1, flow, BpfUpdateMode.Replace));
        Assert.Equal(BpfErrno.NotFound, missing.Errno);
    }

    [Fact]
    public void Hash_Full_SaysSo()
    {
        using var map = BpfMap<uint, ulong>.Create(BpfMapType.Hash, "nmt_full", 2);
        map.Set(1, 1);
        map.Set(2, 2);

        var full = Assert.Throws<BpfException>(() => map.Set(3, 3));

        Assert.Equal(BpfErrno.Full, full.Errno);
        Assert.Contains("nmt_full", full.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MappedArray_EntryAcrossTwoWindows_IsThatOfTheMap()
    {
        const uint MemoryMapped = 1 << 10;
        const int Count = 3000;
        using var array = new BpfMappedArray<Record>(BpfMap.Create(BpfMapType.Array, "nmt_mapped", sizeof(uint), Marshal.SizeOf<Record>(), Count, MemoryMapped));

        // 72 bytes each: entry 910 begins in the first 64 KiB and ends in the next.
        foreach (var index in (int[])[0, 909, 910, 911, Count - 1])
        {
            Assert.Equal(default, array[index]);
            array[index] = new Record { First = (ulong)index + 1, Last = ulong.MaxValue - (ulong)index };
        }

        using var same = new BpfMap<uint, Record>(BpfMap.OpenById(array.Info.Id).Handle);
        foreach (var index in (int[])[0, 909, 910, 911, Count - 1])
        {
            Assert.True(same.TryGetValue((uint)index, out var read));
            Assert.Equal(new Record { First = (ulong)index + 1, Last = ulong.MaxValue - (ulong)index }, read);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => array[Count]);
    }

    [Fact]
    public void Hash_LookupUpdateDeleteTake_AllocateNothing()
    {
        using var map = BpfMap<uint, ulong>.Create(BpfMapType.Hash, "nmt_alloc", 16);
        Cycle(map, 100);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Cycle(map, 1000);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        static void Cycle(BpfMap<uint, ulong> map, int times)
        {
            for (uint i = 0; i < times; i++)
            {
                map.Set(i % 8, i);
                map.TryGetValue(i % 8, out _);
                map.TryTake(i % 8, out _);
                map.Delete(i % 8);
                map.TryAdd(3, i);
            }
        }
    }

    [Fact]
    public void Hash_EnumerateWhileDeleting_SeesEveryEntryOnce()
    {
        using var map = BpfMap<uint, ulong>.Create(BpfMapType.Hash, "nmt_sweep", 64);
        for (uint i = 0; i < 50; i++)
        {
            map.Set(i, i * 2);
        }

        var seen = new List<uint>();
        foreach (var (key, value) in map.Enumerate())
        {
            Assert.Equal(key * 2, value);
            seen.Add(key);
            map.Delete(key);
        }

        Assert.Equal(50, seen.Count);
        Assert.Equal(50, seen.Distinct().Count());
        Assert.Empty(map.Enumerate());
    }

    [Fact]
    public void Batch_SetGetTakeDelete_MovesAll()
    {
        using var map = BpfMap<uint, ulong>.Create(BpfMapType.Hash, "nmt_batch", 1024);
        var keys = Enumerable.Range(0, 1000).Select(i => (uint)i).ToArray();
        map.SetBatch(keys, Array.ConvertAll(keys, k => (ulong)k + 1));

        Assert.Equal(keys, Sweep(map, take: false).Keys.Order());
        Assert.Equal(2, map.DeleteBatch([5, 5000, 6, 6000]));
        var taken = Sweep(map, take: true);
        Assert.Equal(998, taken.Count);
        Assert.All(taken, e => Assert.Equal(e.Key + 1, e.Value));
        Assert.Empty(Sweep(map, take: false));
    }

    [Fact]
    public void LpmTrie_Lookup_FindsLongestPrefix()
    {
        using var map = _object.Map<Prefix, uint>("prefixes");
        map.Set(Prefix.Of(8, 10, 0, 0, 0), 1);
        map.Set(Prefix.Of(24, 10, 1, 2, 0), 2);

        Assert.True(map.TryGetValue(Prefix.Of(32, 10, 1, 2, 3), out var near));
        Assert.Equal(2u, near);
        Assert.True(map.TryGetValue(Prefix.Of(32, 10, 9, 9, 9), out var far));
        Assert.Equal(1u, far);
        Assert.False(map.TryGetValue(Prefix.Of(32, 11, 0, 0, 1), out _));
        Assert.Equal(2, map.Enumerate().Count());
    }

    [Fact]
    public void TryTake_MapThatCannotInOneStep_TakesInTwo()
    {
        using var map = _object.Map<Prefix, uint>("prefixes");
        map.Set(Prefix.Of(24, 10, 1, 2, 0), 2);

        Assert.True(map.TryTake(Prefix.Of(24, 10, 1, 2, 0), out var value));
        Assert.Equal(2u, value);
        Assert.False(map.TryTake(Prefix.Of(24, 10, 1, 2, 0), out _));
        Assert.Empty(map.Enumerate());
    }

    [Fact]
    public async Task TryTake_ManyAtOnce_OnlyOneGetsEachKey()
    {
        using var map = BpfMap<uint, ulong>.Create(BpfMapType.Hash, "nmt_race", 4096);
        for (uint i = 0; i < 4096; i++)
        {
            map.Set(i, i);
        }

        var takers = Enumerable.Range(0, 4).Select(_ => Task.Run(() => Enumerable.Range(0, 4096).Count(i => map.TryTake((uint)i, out var _))));

        Assert.Equal(4096, (await Task.WhenAll(takers)).Sum());
    }

    [Fact]
    public void LruHash_MoreThanItsSize_DropsOldOnes()
    {
        using var map = _object.Map<uint, ulong>("recent");
        for (uint i = 0; i < 1000; i++)
        {
            map.Set(i, i);
        }

        Assert.InRange(map.Enumerate().Count(), 1, map.Info.MaxEntries);
    }

    [Fact]
    public void PerCpu_SetAndGet_KeepsOneValueForEachProcessor()
    {
        using var map = _object.PerCpuMap<uint, ulong>("counters");
        var values = Enumerable.Range(1, BpfPerCpuMap<uint, ulong>.ProcessorCount).Select(i => (ulong)i).ToArray();
        map.SetValues(1, values);

        var read = new ulong[values.Length];
        Assert.True(map.TryGetValues(1, read));
        Assert.Equal(values, read);
        Assert.Equal([0u, 1u], map.EnumerateKeys());
        Assert.Throws<ArgumentOutOfRangeException>(() => map.TryGetValues(1, []));
    }

    [Fact]
    public void PerCpu_ValueNotAMultipleOfEightBytes_IsNotMixedUp()
    {
        using var map = BpfPerCpuMap<uint, Odd>.Create(BpfMapType.PerCpuHash, "nmt_odd", 4);
        var values = Enumerable.Range(1, BpfPerCpuMap<uint, Odd>.ProcessorCount).Select(i => new Odd((uint)i, (uint)i * 10, (uint)i * 100)).ToArray();
        map.SetValues(9, values);

        var read = new Odd[values.Length];
        Assert.True(map.TryGetValues(9, read));
        Assert.Equal(values, read);
        Assert.True(map.Delete(9));
        Assert.False(map.TryGetValues(9, read));
    }

    [Fact]
    public void Map_WrongTypes_AreRefused()
    {
        var keys = Assert.Throws<BpfException>(() => _object.Map<ulong, Flow>("flows"));
        Assert.Contains("keys of 4", keys.Message, StringComparison.Ordinal);
        Assert.Throws<BpfException>(() => _object.Map<uint, ulong>("counters"));
        Assert.Throws<BpfException>(() => _object.PerCpuMap<uint, Flow>("flows"));
        Assert.Throws<BpfException>(() => _object.SocketMap<uint>("flows"));
        Assert.Throws<BpfException>(() => _object.SocketStorage<Flow>("flows"));
    }

    private static Dictionary<uint, ulong> Sweep(BpfMap<uint, ulong> map, bool take)
    {
        var found = new Dictionary<uint, ulong>();
        var keys = new uint[128];
        var values = new ulong[128];
        var position = new BpfBatchPosition();
        while (!position.IsComplete)
        {
            var count = take ? map.TakeBatch(position, keys, values) : map.GetBatch(position, keys, values);
            for (var i = 0; i < count; i++)
            {
                found.Add(keys[i], values[i]);
            }
        }

        return found;
    }

    /// <summary>72 bytes, which no page is a multiple of.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 72)]
    private record struct Record
    {
        [FieldOffset(0)]
        public ulong First;

        [FieldOffset(64)]
        public ulong Last;
    }

    private readonly record struct Odd(uint First, uint Second, uint Third);
}
