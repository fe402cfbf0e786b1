using System.Globalization;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Explanation;

/// <summary>Says which rate limits a request has to keep. None is known to be used up: nobody counts here.</summary>
internal static class RateLimitSentences
{
    /// <summary>Says it.</summary>
    /// <param name="rules">The limits of the service that is dialled.</param>
    /// <param name="request">The request.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="port">The port that is dialled.</param>
    /// <returns>The sentences.</returns>
    public static IEnumerable<string> Of(IEnumerable<RateLimitRule> rules, IRequestFacts request, ExplainClient client, int port)
    {
        var principal = client.Identity?.Principal ?? "";
        return rules.Where(r => r.Counts(request, port, principal, client.Placement.Namespace, client.Address)).Select(r => Sentence(r, request, principal, client));
    }

    private static string Sentence(RateLimitRule rule, IRequestFacts request, string principal, ExplainClient client)
    {
        var whose = rule.Keys.IsEmpty ? "all such requests together" : $"requests with {string.Join(" and ", rule.Keys.Select(k => Value(k, request, principal, client)))}";
        var where = rule.Scope == RateLimitScope.Mesh ? "of all nodes" : "of each node by itself";
        var burst = rule.Burst == rule.Requests ? "" : string.Create(CultureInfo.InvariantCulture, $", {rule.Burst} at once");
        return string.Create(
            CultureInfo.InvariantCulture, $"{rule.Origin}, rule {rule.Name}: {whose} may be {rule.Requests} in {DurationText.ToGo(rule.Period)}{burst}, counted {where}; what goes beyond is answered with 429.");
    }

    private static string Value(RateLimitKey key, IRequestFacts request, string principal, ExplainClient client) => key.Kind switch
    {
        RateLimitKeyKind.SourceIdentity => $"identity {principal}",
        RateLimitKeyKind.SourceNamespace => $"namespace {client.Placement.Namespace}",
        RateLimitKeyKind.RemoteAddress => "their address",
        RateLimitKeyKind.Header => $"{key.Name} '{request.FindHeader(key.Name) ?? ""}'",
        RateLimitKeyKind.Path => $"path {request.Path}",
        _ => $"method {request.Method}",
    };
}
