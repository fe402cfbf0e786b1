using System.Numerics;

namespace NodeMesh.Model.Balancing;

/// <summary>Ring hash (ketama): each endpoint owns points of a ring in proportion to its weight, and a key belongs to the first point at or after its hash. An endpoint that leaves or comes moves only its own share of the keys.</summary>
public sealed class HashRing : IHashTable
{
    /// <summary>The least number of points where nothing else is said: Envoy's and Istio's.</summary>
    public const int DefaultMinimumSize = 1024;

    /// <summary>More points than this are never made: Envoy's limit, 8 Mi.</summary>
    public const int MaximumSize = 8 * 1024 * 1024;

    private readonly ulong[] _points;
    private readonly int[] _owners;

    private HashRing(ulong[] points, int[] owners) => (_points, _owners) = (points, owners);

    /// <inheritdoc/>
    public int Size => _points.Length;

    /// <summary>Makes a ring.</summary>
    /// <param name="names">The endpoints' lasting names.</param>
    /// <param name="weights">Their weights, each at least 1.</param>
    /// <param name="minimumSize">The least number of points.</param>
    /// <returns>The ring.</returns>
    public static HashRing Create(ReadOnlySpan<string> names, ReadOnlySpan<long> weights, int minimumSize = DefaultMinimumSize)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, names.Length);
        if (names.IsEmpty)
        {
            return new HashRing([], []);
        }

        var (total, least) = (0d, double.MaxValue);
        foreach (var weight in weights)
        {
            total += weight;
            least = Math.Min(least, weight);
        }

        // So many points that the lightest endpoint has a power of two of them: one endpoint more or less does not change how many the others have,
        // or all keys would move a little each time.
        var share = least / total;
        var lightest = BitOperations.RoundUpToPowerOf2((uint)Math.Ceiling(share * Math.Clamp(minimumSize, 1, MaximumSize)));
        var scale = Math.Min(lightest / share, MaximumSize);
        var points = new List<ulong>((int)Math.Ceiling(scale));
        var owners = new List<int>(points.Capacity);
        var (made, due) = (0, 0d);
        for (var i = 0; i < names.Length; i++)
        {
            var name = StableHash.Of(names[i]);
            due += scale * weights[i] / total;
            for (var n = 0UL; made < due - 1e-6; n++, made++)
            {
                points.Add(StableHash.Mix(name + (n * 0x9e3779b97f4a7c15)));
                owners.Add(i);
            }
        }

        var (keys, items) = (points.ToArray(), owners.ToArray());
        Array.Sort(keys, items);
        return new HashRing(keys, items);
    }

    /// <inheritdoc/>
    public int Locate(ulong hash)
    {
        var found = Array.BinarySearch(_points, hash);
        var place = found >= 0 ? found : ~found;
        return place == _points.Length ? 0 : place;
    }

    /// <inheritdoc/>
    public int EndpointAt(int place) => _owners[place];
}
