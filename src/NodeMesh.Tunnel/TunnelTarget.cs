using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;

namespace NodeMesh.Tunnel;

/// <summary>Where a tunnel goes and who may be at its ends; the key under which tunnels are shared. Two targets are equal when every part is, whatever the order of the URIs.</summary>
/// <param name="Source">The identity whose certificate the client presents.</param>
/// <param name="Address">Where the far end listens.</param>
/// <param name="ExpectedUris">URI names of which the far end's certificate must carry at least one; an empty list matches nobody.</param>
public sealed record TunnelTarget(SpiffeId Source, IPEndPoint Address, ImmutableArray<string> ExpectedUris)
{
    /// <inheritdoc/>
    public bool Equals(TunnelTarget? other) =>
        other is not null && Source == other.Source && Address.Equals(other.Address) && SameUris(Uris, other.Uris);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // A sum, so that the order of the URIs does not matter.
        var uris = 0;
        foreach (var uri in Uris)
        {
            uris += uri.GetHashCode(StringComparison.Ordinal);
        }

        return HashCode.Combine(Source, Address, uris);
    }

    private ImmutableArray<string> Uris => ExpectedUris.IsDefault ? [] : ExpectedUris;

    private static bool SameUris(ImmutableArray<string> left, ImmutableArray<string> right) =>
        left.Length == right.Length && (left.AsSpan().SequenceEqual(right.AsSpan()) || left.Order(StringComparer.Ordinal).SequenceEqual(right.Order(StringComparer.Ordinal)));
}
