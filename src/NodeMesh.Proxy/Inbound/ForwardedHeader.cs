using System.Globalization;
using System.Net;

namespace NodeMesh.Proxy.Inbound;

/// <summary>The <c>forwarded</c> header of a CONNECT request (RFC 7239): <c>for="address:port"</c>, and <c>host=</c> when the client addressed a service.</summary>
/// <param name="For">The client's own address; null when it is missing or malformed.</param>
/// <param name="Host">The service's host name; null when there is none.</param>
internal readonly record struct ForwardedHeader(IPEndPoint? For, string? Host)
{
    /// <summary>The header's name.</summary>
    public const string Name = "forwarded";

    /// <summary>Reads the header. Of several elements only the first counts; a proxy of ours writes one.</summary>
    /// <param name="value">Its value; null when it is missing.</param>
    /// <returns>What it says.</returns>
    public static ForwardedHeader Parse(string? value)
    {
        IPEndPoint? client = null;
        string? host = null;
        var element = value.AsSpan();
        element = element.IndexOf(',') is >= 0 and var comma ? element[..comma] : element;
        foreach (var range in element.Split(';'))
        {
            var part = element[range];
            var equals = part.IndexOf('=');
            if (equals < 0)
            {
                continue;
            }

            var name = part[..equals].Trim();
            var text = part[(equals + 1)..].Trim().Trim('"');
            if (name.Equals("for", StringComparison.OrdinalIgnoreCase))
            {
                client = ParseEndPoint(text);
            }
            else if (name.Equals("host", StringComparison.OrdinalIgnoreCase) && !text.IsEmpty)
            {
                host = text.ToString().ToLowerInvariant();
            }
        }

        return new ForwardedHeader(client, host);
    }

    /// <summary>Writes the header.</summary>
    /// <param name="client">The client's own address.</param>
    /// <param name="host">The service's host name; null when an address was dialled.</param>
    /// <returns>The value.</returns>
    public static string Format(IPEndPoint client, string? host) =>
        host is null ? $"for=\"{client}\"" : $"for=\"{client}\";host={host}";

    private static IPEndPoint? ParseEndPoint(ReadOnlySpan<char> text)
    {
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return null;
        }

        var bracketed = text[0] == '[';
        var host = bracketed ? text[1..(colon - 1)] : text[..colon];
        if (bracketed != host.Contains(':') || (bracketed && text[colon - 1] != ']') || !IPAddress.TryParse(host, out var address))
        {
            return null;
        }

        return address.IsIPv4MappedToIPv6 ? null : new IPEndPoint(address, port);
    }
}
