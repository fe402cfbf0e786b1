using System.Collections.Frozen;

namespace NodeMesh.Tunnel.Hpack;

/// <summary>The static table (RFC 7541 appendix A).</summary>
internal static class HpackStaticTable
{
    private static readonly KeyValuePair<string, string>[] Entries =
    [
        new(":authority", ""), new(":method", "GET"), new(":method", "POST"), new(":path", "/"), new(":path", "/index.html"),
        new(":scheme", "http"), new(":scheme", "https"), new(":status", "200"), new(":status", "204"), new(":status", "206"),
        new(":status", "304"), new(":status", "400"), new(":status", "404"), new(":status", "500"), new("accept-charset", ""),
        new("accept-encoding", "gzip, deflate"), new("accept-language", ""), new("accept-ranges", ""), new("accept", ""),
        new("access-control-allow-origin", ""), new("age", ""), new("allow", ""), new("authorization", ""), new("cache-control", ""),
        new("content-disposition", ""), new("content-encoding", ""), new("content-language", ""), new("content-length", ""),
        new("content-location", ""), new("content-range", ""), new("content-type", ""), new("cookie", ""), new("date", ""),
        new("etag", ""), new("expect", ""), new("expires", ""), new("from", ""), new("host", ""), new("if-match", ""),
        new("if-modified-since", ""), new("if-none-match", ""), new("if-range", ""), new("if-unmodified-since", ""),
        new("last-modified", ""), new("link", ""), new("location", ""), new("max-forwards", ""), new("proxy-authenticate", ""),
        new("proxy-authorization", ""), new("range", ""), new("referer", ""), new("refresh", ""), new("retry-after", ""),
        new("server", ""), new("set-cookie", ""), new("strict-transport-security", ""), new("transfer-encoding", ""),
        new("user-agent", ""), new("vary", ""), new("via", ""), new("www-authenticate", ""),
    ];

    private static readonly FrozenDictionary<string, int> FirstByName =
        Entries.Select((e, i) => (e.Key, Index: i + 1)).GroupBy(e => e.Key, StringComparer.Ordinal).ToFrozenDictionary(g => g.Key, g => g.First().Index, StringComparer.Ordinal);

    /// <summary>How many entries there are; indices start at 1.</summary>
    public const int Count = 61;

    /// <summary>An entry.</summary>
    /// <param name="index">1 to <see cref="Count"/>.</param>
    /// <returns>Name and value.</returns>
    public static KeyValuePair<string, string> Get(int index) => Entries[index - 1];

    /// <summary>Finds an entry.</summary>
    /// <param name="name">The field's name.</param>
    /// <param name="value">The field's value.</param>
    /// <returns>The index of the entry with this name and, where there is one, this value; 0 when the name is not there. And whether the value is the same.</returns>
    public static (int Index, bool WithValue) Find(string name, string value)
    {
        if (!FirstByName.TryGetValue(name, out var index))
        {
            return (0, false);
        }

        for (var i = index; i <= Count && Entries[i - 1].Key == name; i++)
        {
            if (Entries[i - 1].Value == value)
            {
                return (i, true);
            }
        }

        return (index, false);
    }
}
