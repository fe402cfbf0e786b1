using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>A range of addresses.</summary>
public sealed record IPBlock
{
    /// <summary>The range, such as 192.168.1.0/24 or 2001:db8::/64.</summary>
    public required string Cidr { get; init; }

    /// <summary>Parts of it that do not count.</summary>
    public ImmutableArray<string> Except { get; init; } = [];
}
