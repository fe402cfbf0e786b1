namespace NodeMesh.Model.Traffic;

/// <summary>Consistent hashing. A request that lacks what is hashed goes to an endpoint at random.</summary>
public sealed record ConsistentHash
{
    /// <summary>What is hashed.</summary>
    public required HashKeyKind On { get; init; }

    /// <summary>The name of the header, cookie or query parameter; empty for the source address.</summary>
    public string Key { get; init; } = "";

    /// <summary>The path of a cookie that is made where the request has none; empty for none.</summary>
    public string CookiePath { get; init; } = "";

    /// <summary>The age of a cookie that is made: null for none is made, zero for one of the session.</summary>
    public TimeSpan? CookieTtl { get; init; }

    /// <summary>True for Maglev's table, false for a ring.</summary>
    public bool Maglev { get; init; }

    /// <summary>The fewest points of a ring; 1024 unless said.</summary>
    public int MinimumRingSize { get; init; } = 1024;

    /// <summary>The size of Maglev's table, a prime; 65537 unless said.</summary>
    public int TableSize { get; init; } = 65537;
}
