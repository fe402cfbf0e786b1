using System.Globalization;

namespace NodeMesh.Model.Routing;

/// <summary>What a rule makes of a request, as pure functions: the proxy and <c>nodemesh explain</c> run the same.</summary>
public static class RuleApplication
{
    /// <summary>The path and query string that the backend gets.</summary>
    /// <param name="match">The rule that won.</param>
    /// <param name="backend">The backend that was drawn; null for none.</param>
    /// <param name="path">The path without the query string.</param>
    /// <param name="query">The query string with its question mark; empty for none.</param>
    /// <returns>Path and query string; the very path where nothing changes.</returns>
    public static string RewritePath(RouteMatch match, RouteBackend? backend, string path, string query)
    {
        ArgumentNullException.ThrowIfNull(match);
        ArgumentNullException.ThrowIfNull(query);
        var rewrite = backend?.Rewrite?.Path ?? match.Rule.Rewrite?.Path;
        var rewritten = rewrite is null ? path : rewrite.Apply(path, match.MatchedPrefix);
        return query.Length == 0 ? rewritten : rewritten + query;
    }

    /// <summary>The authority that the backend gets.</summary>
    /// <param name="match">The rule that won.</param>
    /// <param name="backend">The backend that was drawn; null for none.</param>
    /// <param name="authority">The client's.</param>
    /// <returns>The authority. A header change of <c>Host</c> or <c>:authority</c> counts like a rewrite, and goes before it.</returns>
    public static string RewriteAuthority(RouteMatch match, RouteBackend? backend, string authority)
    {
        ArgumentNullException.ThrowIfNull(match);
        return (backend is null ? null : AuthorityOf(backend.RequestHeaders))
            ?? AuthorityOf(match.Rule.RequestHeaders)
            ?? backend?.Rewrite?.Host
            ?? match.Rule.Rewrite?.Host
            ?? authority;
    }

    /// <summary>Says whether a header names the authority, which is no header of its own in HTTP/2.</summary>
    /// <param name="name">The header's name.</param>
    /// <returns>True for <c>Host</c> and <c>:authority</c>.</returns>
    public static bool IsAuthority(string name) =>
        string.Equals(name, "host", StringComparison.OrdinalIgnoreCase) || string.Equals(name, ":authority", StringComparison.OrdinalIgnoreCase);

    /// <summary>Changes headers; <c>Host</c> and <c>:authority</c> are left to <see cref="RewriteAuthority"/>.</summary>
    /// <typeparam name="THeaders">The headers.</typeparam>
    /// <param name="changes">The changes.</param>
    /// <param name="headers">The headers.</param>
    public static void Apply<THeaders>(HeaderChanges changes, THeaders headers)
        where THeaders : IHeaderEditor
    {
        ArgumentNullException.ThrowIfNull(changes);
        if (changes.IsEmpty)
        {
            return;
        }

        foreach (var name in changes.Remove)
        {
            if (!IsAuthority(name))
            {
                headers.Remove(name);
            }
        }

        foreach (var header in changes.Set)
        {
            if (!IsAuthority(header.Name))
            {
                headers.Set(header.Name, header.Value);
            }
        }

        foreach (var header in changes.Add)
        {
            if (!IsAuthority(header.Name))
            {
                headers.Add(header.Name, header.Value);
            }
        }
    }

    /// <summary>The location of a redirect.</summary>
    /// <param name="redirect">The redirect.</param>
    /// <param name="matchedPrefix">The prefix by which the rule matched; null when it matched otherwise.</param>
    /// <param name="request">The request.</param>
    /// <param name="query">Its query string with the question mark; empty for none.</param>
    /// <param name="listenerPort">The port on which the request arrived; in the mesh, the service's.</param>
    /// <returns>An absolute URL.</returns>
    public static string Location(HttpRedirect redirect, string? matchedPrefix, IRequestFacts request, string query, int listenerPort)
    {
        ArgumentNullException.ThrowIfNull(redirect);
        ArgumentNullException.ThrowIfNull(request);
        var scheme = redirect.Scheme ?? request.Scheme;
        var (host, ownPort) = Split(request.Authority);
        host = redirect.Host ?? host;
        var own = scheme switch { "http" => 80, "https" => 443, _ => 0 };
        var port = redirect.Port ?? redirect.PortKind switch
        {
            RedirectPortKind.Request => ownPort,
            RedirectPortKind.Scheme => null,
            _ => redirect.Scheme is not null && own != 0 ? own : listenerPort,
        };
        var suffix = port is { } number && number != own ? string.Create(CultureInfo.InvariantCulture, $":{number}") : "";
        var path = redirect.Path is null ? request.Path : redirect.Path.Apply(request.Path, matchedPrefix);

        // A path that brings a query string of its own does not get the request's.
        return $"{scheme}://{host}{suffix}{path}{(path.Contains('?', StringComparison.Ordinal) ? "" : query)}";
    }

    private static (string Host, int? Port) Split(string authority)
    {
        var colon = authority.LastIndexOf(':');
        return colon > authority.LastIndexOf(']') && int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            ? (authority[..colon], port)
            : (authority, null);
    }

    private static string? AuthorityOf(HeaderChanges changes)
    {
        foreach (var header in changes.Set)
        {
            if (IsAuthority(header.Name))
            {
                return header.Value;
            }
        }

        return null;
    }
}
