using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NodeMesh.Model;

/// <summary>The <c>:authority</c> of a CONNECT request (RFC 9113 section 8.5): <c>address:port</c>, <c>[address]:port</c> or <c>name:port</c>.</summary>
/// <param name="Address">The address; null when a name was given.</param>
/// <param name="Hostname">The name in lower case; empty when an address was given.</param>
/// <param name="Port">The port, 1 to 65535.</param>
public sealed record TunnelAuthority(IPAddress? Address, string Hostname, int Port)
{
    /// <summary>Reads an authority. Only canonical forms count: <c>127.1</c>, <c>010.0.0.1</c>, zone indexes, IPv4-mapped addresses and user names do not.</summary>
    /// <param name="text">The text.</param>
    /// <param name="authority">The authority on success.</param>
    /// <returns>True on success.</returns>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out TunnelAuthority? authority)
    {
        authority = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (text is null || colon <= 0 || !TryParsePort(text.AsSpan(colon + 1), out var port))
        {
            return false;
        }

        var host = text[..colon];
        if (host is ['[', .. var inner, ']'])
        {
            if (!inner.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(inner, out var v6) && v6.AddressFamily == AddressFamily.InterNetworkV6 && !v6.IsIPv4MappedToIPv6)
            {
                authority = new TunnelAuthority(v6, "", port);
            }

            return authority is not null;
        }

        if (host.Contains(':', StringComparison.Ordinal))
        {
            return false;
        }

        if (IPAddress.TryParse(host, out var v4))
        {
            if (v4.ToString() != host)
            {
                return false;
            }

            authority = new TunnelAuthority(v4, "", port);
            return true;
        }

        if (!IsName(host))
        {
            return false;
        }

        authority = new TunnelAuthority(null, host.ToLowerInvariant(), port);
        return true;
    }

    /// <summary>Writes an endpoint as an authority.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <returns>The text.</returns>
    public static string Format(IPEndPoint endpoint) => endpoint.ToString();

    private static bool TryParsePort(ReadOnlySpan<char> text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535 && text is not ['0', ..];

    private static bool IsName(string host) =>
        host.Length <= 253 && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_') && !char.IsAsciiDigit(host[^1]);
}
