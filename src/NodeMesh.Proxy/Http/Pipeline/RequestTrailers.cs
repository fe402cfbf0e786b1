using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using NodeMesh.Proxy.Http.Upstream;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>The trailers of a request, as far as they are for the endpoint: framing, routing, authentication and what describes the content are no matter of trailers (RFC 9110 section 6.5.1).</summary>
internal static class RequestTrailers
{
    // A server that puts trailers among the headers must not be made to believe what policies would have seen, or refused, as a header.
    private static readonly FrozenSet<string> Forbidden = FrozenSet.ToFrozenSet(
        [
            "Host", "Authorization", "Proxy-Authorization", "Cookie", "Expect", "Range", "Max-Forwards", "Trailer", "Forwarded", "Via",
            "Content-Encoding", "Content-Type", "Content-Range", "Cache-Control",
        ],
        StringComparer.OrdinalIgnoreCase);

    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
    private static readonly SearchValues<char> ForbiddenInValue = SearchValues.Create("\0\r\n");

    /// <summary>Reads them; to be called once the body is over.</summary>
    /// <param name="feature">The engine's; null where it knows of none.</param>
    /// <returns>The trailers.</returns>
    public static IReadOnlyList<KeyValuePair<string, string>> Of(IHttpRequestTrailersFeature? feature)
    {
        if (feature is not { Available: true, Trailers: { Count: > 0 } trailers })
        {
            return [];
        }

        var found = new List<KeyValuePair<string, string>>();
        foreach (var (name, values) in trailers)
        {
            if (IsForEndpoint(name))
            {
                foreach (var value in values)
                {
                    if (!value.AsSpan().ContainsAny(ForbiddenInValue))
                    {
                        found.Add(KeyValuePair.Create(name, value ?? ""));
                    }
                }
            }
        }

        return found;
    }

    private static bool IsForEndpoint(string name) =>
        !HopByHop.IsDropped(name, StringValues.Empty)
        && !Forbidden.Contains(name)
        && !name.StartsWith("x-forwarded-", StringComparison.OrdinalIgnoreCase)
        && !name.StartsWith("x-envoy-", StringComparison.OrdinalIgnoreCase)
        && !name.AsSpan().ContainsAnyExcept(NameCharacters);
}
