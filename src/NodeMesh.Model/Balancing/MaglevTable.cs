namespace NodeMesh.Model.Balancing;

/// <summary>Maglev's consistent hash: a table of prime size that endpoints fill in turns, each in an order of its own. Lookups take one step, shares are more even than a ring's, and a change of endpoints moves few keys besides its own.</summary>
public sealed class MaglevTable : IHashTable
{
    /// <summary>The size where nothing else is said: Envoy's.</summary>
    public const int DefaultSize = 65537;

    private readonly int[] _owners;

    private MaglevTable(int[] owners) => _owners = owners;

    /// <inheritdoc/>
    public int Size => _owners.Length;

    /// <summary>Makes a table.</summary>
    /// <param name="names">The endpoints' lasting names.</param>
    /// <param name="weights">Their weights, each at least 1.</param>
    /// <param name="size">Its size; the next prime is taken.</param>
    /// <returns>The table.</returns>
    public static MaglevTable Create(ReadOnlySpan<string> names, ReadOnlySpan<long> weights, int size = DefaultSize)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(weights.Length, names.Length);
        if (names.IsEmpty)
        {
            return new MaglevTable([]);
        }

        var length = (ulong)NextPrime(Math.Max(size, names.Length));
        var offsets = new ulong[names.Length];
        var skips = new ulong[names.Length];
        var credits = new double[names.Length];
        var most = 0L;
        for (var i = 0; i < names.Length; i++)
        {
            var hash = StableHash.Of(names[i]);
            offsets[i] = hash % length;
            skips[i] = (StableHash.Mix(hash + 1) % (length - 1)) + 1;
            most = Math.Max(most, weights[i]);
        }

        var owners = new int[length];
        Array.Fill(owners, -1);
        for (var filled = 0; filled < owners.Length;)
        {
            for (var i = 0; i < names.Length && filled < owners.Length; i++)
            {
                // The heaviest takes a place in every round, the others as often as their weight says.
                credits[i] += (double)weights[i] / most;
                if (credits[i] < 1)
                {
                    continue;
                }

                credits[i]--;
                while (owners[offsets[i]] >= 0)
                {
                    offsets[i] = (offsets[i] + skips[i]) % length;
                }

                owners[offsets[i]] = i;
                filled++;
            }
        }

        return new MaglevTable(owners);
    }

    /// <inheritdoc/>
    public int Locate(ulong hash) => (int)(hash % (ulong)_owners.Length);

    /// <inheritdoc/>
    public int EndpointAt(int place) => _owners[place];

    private static int NextPrime(int from)
    {
        var candidate = Math.Max(3, from) | 1;
        while (!IsPrime(candidate))
        {
            candidate += 2;
        }

        return candidate;
    }

    private static bool IsPrime(int odd)
    {
        for (var divisor = 3; divisor <= odd / divisor; divisor += 2)
        {
            if (odd % divisor == 0)
            {
                return false;
            }
        }

        return true;
    }
}
