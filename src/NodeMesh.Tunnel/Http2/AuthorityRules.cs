using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Tunnel.Http2;

/// <summary>What a CONNECT's authority must look like (RFC 9113 section 8.5, RFC 3986 section 3.2): host and port, both.</summary>
internal static class AuthorityRules
{
    /// <summary>Whether a text is <c>host:port</c> or <c>[v6]:port</c>.</summary>
    /// <param name="authority">The text.</param>
    /// <returns>False when no connection could ever be made to it.</returns>
    public static bool IsValid(string authority)
    {
        var colon = authority.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port == 0)
        {
            return false;
        }

        var host = authority.AsSpan(0, colon);
        if (host[0] == '[')
        {
            return host[^1] == ']' && IPAddress.TryParse(host[1..^1], out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6;
        }

        foreach (var c in host)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '_'))
            {
                return false;
            }
        }

        return host.Length <= 253;
    }
}
