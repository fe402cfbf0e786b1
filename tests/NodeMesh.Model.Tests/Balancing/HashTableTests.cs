using NodeMesh.Model.Balancing;

namespace NodeMesh.Model.Tests.Balancing;

public sealed class HashTableTests
{
    private const int Keys = 20_000;

    public static TheoryData<bool> Kinds() => new() { false, true };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Table_OfManyKeys_SharesThemByWeight(bool maglev)
    {
        var counts = Count(Make(maglev, ["a", "b", "c"], [1, 1, 2]));
        Assert.InRange(counts[0], Keys * 0.18, Keys * 0.32);
        Assert.InRange(counts[1], Keys * 0.18, Keys * 0.32);
        Assert.InRange(counts[2], Keys * 0.40, Keys * 0.60);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Table_WithoutOneEndpoint_MovesFewKeysOfTheOthers(bool maglev)
    {
        string[] all = [.. Enumerable.Range(0, 10).Select(i => $"endpoint-{i}")];
        var without = all.Where(n => n != "endpoint-3").ToArray();
        var (before, after) = (Make(maglev, all, Even(10)), Make(maglev, without, Even(9)));
        var moved = 0;
        for (var key = 0; key < Keys; key++)
        {
            var hash = StableHash.Of($"key-{key}");
            var owner = all[before.EndpointAt(before.Locate(hash))];
            moved += owner != "endpoint-3" && owner != without[after.EndpointAt(after.Locate(hash))] ? 1 : 0;
        }

        // A ring moves none; Maglev's table gives up a little of that for evenness.
        Assert.InRange(moved, 0, maglev ? Keys / 20 : 0);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Table_MadeTwice_IsTheSame(bool maglev)
    {
        var (one, other) = (Make(maglev, ["x", "y"], [3, 1]), Make(maglev, ["x", "y"], [3, 1]));
        Assert.Equal(one.Size, other.Size);
        Assert.All(Enumerable.Range(0, one.Size), place => Assert.Equal(one.EndpointAt(place), other.EndpointAt(place)));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Table_WithoutEndpoints_IsEmpty(bool maglev) => Assert.Equal(0, Make(maglev, [], []).Size);

    [Theory]
    [InlineData(1024, 3)]
    [InlineData(16, 5)]
    [InlineData(1, 4)]
    public void Ring_OfAMinimumSize_HasAtLeastThatAndAPointForEach(int minimum, int endpoints)
    {
        var ring = HashRing.Create([.. Enumerable.Range(0, endpoints).Select(i => $"e{i}")], Even(endpoints), minimum);
        Assert.True(ring.Size >= minimum, $"{ring.Size} points");
        Assert.Equal(endpoints, Enumerable.Range(0, ring.Size).Select(ring.EndpointAt).Distinct().Count());
    }

    [Fact]
    public void Ring_BeyondItsLastPoint_BeginsAnew() =>
        Assert.Equal(0, HashRing.Create(["a", "b"], [1, 1], 4).Locate(ulong.MaxValue));

    [Fact]
    public void Maglev_OfAnEvenSize_TakesTheNextPrime() => Assert.Equal(101, MaglevTable.Create(["a"], [1], 98).Size);

    [Fact]
    public void Hash_OfAMappedAddress_IsThatOfTheAddress()
    {
        var address = System.Net.IPAddress.Parse("10.244.1.7");
        Assert.Equal(StableHash.Of(address), StableHash.Of(address.MapToIPv6()));
        Assert.NotEqual(StableHash.Of(address), StableHash.Of(System.Net.IPAddress.Parse("10.244.1.8")));
    }

    // What other nodes compute: these values must never change while proxies of two versions are in one mesh.
    [Fact]
    public void Hash_OfKnownTexts_StaysAsItIs()
    {
        Assert.Equal(12230202913317910601UL, StableHash.Of("alice"));
    }

    private static IHashTable Make(bool maglev, string[] names, long[] weights) =>
        maglev ? MaglevTable.Create(names, weights) : HashRing.Create(names, weights);

    private static long[] Even(int count) => [.. Enumerable.Repeat(1L, count)];

    private static int[] Count(IHashTable table)
    {
        var counts = new int[3];
        for (var key = 0; key < Keys; key++)
        {
            counts[table.EndpointAt(table.Locate(StableHash.Of($"key-{key}")))]++;
        }

        return counts;
    }
}
