using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace NodeMesh.Tunnel.Http2;

/// <summary>What makes a message malformed (RFC 9113 sections 8.2, 8.3 and 8.5).</summary>
internal static class HeaderRules
{
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~");

    /// <summary>Reads a request's fields.</summary>
    /// <param name="fields">The decoded fields.</param>
    /// <param name="head">The request on success.</param>
    /// <returns>False when it is malformed.</returns>
    public static bool TryReadRequest(List<KeyValuePair<string, string>> fields, [NotNullWhen(true)] out RequestHead? head)
    {
        head = null;
        string? method = null;
        string? authority = null;
        string? scheme = null;
        string? path = null;
        var at = 0;
        for (; at < fields.Count && fields[at].Key.StartsWith(':'); at++)
        {
            var (name, value) = fields[at];
            var isNew = name switch
            {
                ":method" => Set(ref method, value),
                ":authority" => Set(ref authority, value),
                ":scheme" => Set(ref scheme, value),
                ":path" => Set(ref path, value),
                _ => false,
            };
            if (!isNew || !IsValue(value))
            {
                return false;
            }
        }

        if (string.IsNullOrEmpty(method) || !AreRegular(fields, at))
        {
            return false;
        }

        // Section 8.5 for CONNECT, section 8.3.1 for all others.
        var complete = method == "CONNECT"
            ? scheme is null && path is null && !string.IsNullOrEmpty(authority)
            : !string.IsNullOrEmpty(scheme) && !string.IsNullOrEmpty(path);
        if (!complete)
        {
            return false;
        }

        head = new RequestHead(method, authority ?? "", fields.GetRange(at, fields.Count - at));
        return true;
    }

    /// <summary>Reads a response's fields.</summary>
    /// <param name="fields">The decoded fields.</param>
    /// <param name="head">The response on success.</param>
    /// <returns>False when it is malformed.</returns>
    public static bool TryReadResponse(List<KeyValuePair<string, string>> fields, [NotNullWhen(true)] out ResponseHead? head)
    {
        head = null;
        if (fields.Count == 0 || fields[0].Key != ":status" || fields[0].Value.Length != 3 || !AreRegular(fields, 1)
            || !int.TryParse(fields[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var status) || status < 100)
        {
            return false;
        }

        head = new ResponseHead(status, fields.GetRange(1, fields.Count - 1));
        return true;
    }

    /// <summary>Whether fields may end a message.</summary>
    /// <param name="fields">The decoded fields.</param>
    /// <returns>False when they are malformed.</returns>
    public static bool AreTrailers(List<KeyValuePair<string, string>> fields) => AreRegular(fields, 0);

    /// <summary>Whether a name may stand in a header: lower case, a token (RFC 9110 section 5.1).</summary>
    /// <param name="name">The name.</param>
    /// <returns>True when it may.</returns>
    public static bool IsName(string name)
    {
        return name.Length > 0 && !name.AsSpan().ContainsAnyExcept(NameCharacters);
    }

    /// <summary>Whether a value may stand in a header (section 8.2.1): no NUL, CR or LF, no blanks around.</summary>
    /// <param name="value">The value.</param>
    /// <returns>True when it may.</returns>
    public static bool IsValue(string value) =>
        value.AsSpan().IndexOfAny('\0', '\r', '\n') < 0 && (value.Length == 0 || (value[0] is not (' ' or '\t') && value[^1] is not (' ' or '\t')));

    private static bool AreRegular(List<KeyValuePair<string, string>> fields, int from)
    {
        for (var i = from; i < fields.Count; i++)
        {
            var (name, value) = fields[i];

            // Section 8.2.2: connection-specific fields.
            var forbidden = name is "connection" or "proxy-connection" or "keep-alive" or "transfer-encoding" or "upgrade" || (name == "te" && value != "trailers");
            if (forbidden || !IsName(name) || !IsValue(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Set(ref string? field, string value)
    {
        var isNew = field is null;
        field = value;
        return isNew;
    }
}
