using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <summary>Checks headers that we are asked to send: a wrong one would end the stream at the peer.</summary>
internal static class TunnelHeaders
{
    public static void Check(IReadOnlyList<KeyValuePair<string, string>> headers)
    {
        foreach (var (name, value) in headers)
        {
            if (!HeaderRules.IsName(name) || !HeaderRules.IsValue(value))
            {
                throw new ArgumentException($"header '{name}' is malformed: names are lower-case tokens, values have no line breaks and no blanks around", nameof(headers));
            }
        }
    }
}
