using System.Globalization;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model.Balancing;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>The hash of what a policy of consistent hashing asks for.</summary>
internal static class RequestHash
{
    /// <summary>Computes it; a request without a cookie may be given one in its response.</summary>
    /// <param name="request">The request.</param>
    /// <param name="policy">The policy; null for none.</param>
    /// <param name="random">The source of chance.</param>
    /// <returns>The hash; null where the request has nothing to hash.</returns>
    public static ulong? Of(MeshRequest request, ConsistentHash? policy, Random random) => policy?.On switch
    {
        null => null,
        HashKeyKind.SourceIp => StableHash.Of(request.Client.Record.Source.Address),
        HashKeyKind.Header => OfText(request.FindHeader(policy.Key)),
        HashKeyKind.QueryParameter => OfText(request.FindQueryParameter(policy.Key)),
        _ => OfCookie(request, policy, random),
    };

    private static ulong? OfText(string? text) => string.IsNullOrEmpty(text) ? null : StableHash.Of(text);

    private static ulong? OfCookie(MeshRequest request, ConsistentHash policy, Random random)
    {
        if (RequestCookie.Find(request, policy.Key) is { } known)
        {
            return StableHash.Of(known);
        }

        if (policy.CookieTtl is not { } ttl)
        {
            return null;
        }

        var value = random.NextInt64().ToString("x16", CultureInfo.InvariantCulture);
        var age = ttl > TimeSpan.Zero ? string.Create(CultureInfo.InvariantCulture, $"; Max-Age={(long)Math.Ceiling(ttl.TotalSeconds)}") : "";
        var path = policy.CookiePath.Length > 0 ? $"; Path={policy.CookiePath}" : "";
        var made = $"{policy.Key}=\"{value}\"{age}{path}; HttpOnly";
        request.BeforeResponse.Add(r => r.Http.Response.Headers.Append("set-cookie", made));
        return StableHash.Of(value);
    }
}
