using System.Collections.Immutable;
using System.Globalization;
using System.Net;

namespace NodeMesh.Resources.Translation;

/// <summary>Addresses and networks as policies write them.</summary>
internal static class IpBlocks
{
    /// <summary>Reads an address or a network; host bits are cleared, as Istio does.</summary>
    /// <param name="text">Such as <c>10.0.0.1</c>, <c>10.0.0.0/8</c> or <c>fd00::/8</c>.</param>
    /// <param name="network">The network on success.</param>
    /// <returns>True when it is one.</returns>
    public static bool TryParse(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? text : text.AsSpan(0, slash), out var address) || address.IsIPv4MappedToIPv6 || IsLoose(text, address))
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        var length = bytes.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bytes.Length * 8))
        {
            return false;
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        network = new IPNetwork(new IPAddress(bytes), length);
        return true;
    }

    /// <summary>The networks that are in both sets.</summary>
    /// <param name="a">One set.</param>
    /// <param name="b">The other set.</param>
    /// <returns>The common networks; empty when there are none.</returns>
    public static ImmutableArray<IPNetwork> Intersect(ImmutableArray<IPNetwork> a, ImmutableArray<IPNetwork> b)
    {
        // Two networks are either apart or one holds the other, so that the smaller one is what they have in common.
        return [.. a.SelectMany(x => b.Where(y => Holds(x, y) || Holds(y, x)).Select(y => x.PrefixLength >= y.PrefixLength ? x : y)).Distinct()];
    }

    private static bool Holds(IPNetwork outer, IPNetwork inner) =>
        outer.BaseAddress.AddressFamily == inner.BaseAddress.AddressFamily && outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress);

    // The parser takes "10.1" for 10.0.0.1 and "1" for 0.0.0.1; nobody who writes that in a policy means it. Scopes make no sense in policies either.
    private static bool IsLoose(string text, IPAddress address) =>
        text.Contains('%', StringComparison.Ordinal)
        || (address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork && text.Split('/')[0].Count(c => c == '.') != 3);
}
