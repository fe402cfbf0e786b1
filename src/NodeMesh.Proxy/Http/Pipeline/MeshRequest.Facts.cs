using Microsoft.AspNetCore.Http;
using NodeMesh.Model.Routing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <content>What routes see of the request.</content>
internal sealed partial class MeshRequest : IRequestFacts
{
    private string? _pathTarget;
    private string _path = "/";

    /// <inheritdoc/>
    public string Method => ConnectProtocol is null ? _http.Request.Method : HttpMethods.Get;

    /// <inheritdoc/>
    public string Scheme => "http";

    /// <inheritdoc/>
    string IRequestFacts.Authority => Record.Authority;

    /// <summary>The client's path without the query string, as it was sent: nothing is decoded.</summary>
    public string Path
    {
        get
        {
            // The engine gives the same string for the same target on a connection.
            if (!ReferenceEquals(_pathTarget, Record.Path))
            {
                _pathTarget = Record.Path;
                var query = _pathTarget.IndexOf('?', StringComparison.Ordinal);
                _path = query < 0 ? _pathTarget : _pathTarget[..query];
            }

            return _path;
        }
    }

    /// <summary>The client's query string with its question mark; empty for none.</summary>
    public string Query => Path.Length == Record.Path.Length ? "" : Record.Path[Path.Length..];

    /// <inheritdoc/>
    public string? FindHeader(string name)
    {
        var values = _http.Request.Headers[name];
        return values.Count switch
        {
            0 => null,
            1 => values[0],
            _ => string.Join(',', values.ToArray()),
        };
    }

    /// <inheritdoc/>
    public string? FindQueryParameter(string name)
    {
        var query = Record.Path.IndexOf('?', StringComparison.Ordinal);
        if (query < 0)
        {
            return null;
        }

        foreach (var range in Record.Path.AsSpan(query + 1).Split('&'))
        {
            var pair = Record.Path.AsSpan(query + 1)[range];
            var equals = pair.IndexOf('=');
            var key = equals < 0 ? pair : pair[..equals];
            if (Is(key, name))
            {
                return equals < 0 ? "" : Decode(pair[(equals + 1)..]);
            }
        }

        return null;
    }

    private static bool Is(ReadOnlySpan<char> key, string name) =>
        key.IndexOfAny('%', '+') < 0 ? key.SequenceEqual(name) : Decode(key) == name;

    private static string Decode(ReadOnlySpan<char> text)
    {
        if (text.IndexOfAny('%', '+') < 0)
        {
            return text.ToString();
        }

        return Uri.UnescapeDataString(text.ToString().Replace('+', ' '));
    }
}
