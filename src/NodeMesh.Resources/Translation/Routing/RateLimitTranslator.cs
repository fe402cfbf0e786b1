using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Kinds.GatewayApi;
using NodeMesh.Resources.Kinds.Mesh;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>Translates RateLimitPolicies to the limits of each service. A request has to keep all of them, so their order says nothing; it is by policy and rule.</summary>
internal static class RateLimitTranslator
{
    /// <summary>Translates.</summary>
    /// <param name="documents">The RateLimitPolicies, valid.</param>
    /// <param name="find">A service by its namespace and name; null when there is none.</param>
    /// <param name="findings">Takes what has no effect.</param>
    /// <returns>The limits by service.</returns>
    public static Dictionary<NamespacedName, List<RateLimitRule>> Translate(
        IEnumerable<ManifestDocument> documents, Func<string, string, Service?> find, RouteFindings findings)
    {
        var limits = new Dictionary<NamespacedName, List<RateLimitRule>>();
        foreach (var document in documents.OrderBy(d => d.Namespace, StringComparer.Ordinal).ThenBy(d => d.Name, StringComparer.Ordinal))
        {
            var spec = ((RateLimitPolicyResource)document.Resource!).Spec;
            for (var i = 0; i < spec.TargetRefs.Length; i++)
            {
                var target = spec.TargetRefs[i];
                if (find(document.Namespace, target.Name) is not { } service)
                {
                    findings.NotFound(document, $"{FieldPath.Index("spec.targetRefs", i)}.name", $"there is no Service {document.Namespace}/{target.Name}; its requests cannot be limited");
                    continue;
                }

                if (target.Port is { } port && service.FindPort(port) is null)
                {
                    findings.NotFound(
                        document,
                        $"{FieldPath.Index("spec.targetRefs", i)}.port",
                        $"Service {document.Namespace}/{target.Name} has no port {port}, so nothing is limited there; it has {string.Join(", ", service.Ports.Select(p => p.Port))}");
                }

                if (!limits.TryGetValue(service.Key, out var rules))
                {
                    limits[service.Key] = rules = [];
                }

                rules.AddRange(spec.Rules.Select(r => Translate(document.Origin, target.Port ?? 0, r)));
            }
        }

        return limits;
    }

    private static RateLimitRule Translate(ResourceOrigin origin, int port, RateLimitPolicyRule rule)
    {
        _ = DurationText.TryParseGateway(rule.Limit.Per, out var period);
        var source = rule.Match?.Source;
        return new RateLimitRule
        {
            Origin = origin,
            Name = rule.Name,
            Port = port,
            Requests = rule.Limit.Requests,
            Period = period,
            Burst = rule.Limit.Burst ?? rule.Limit.Requests,
            Scope = rule.Scope is null ? RateLimitScope.Node : Enum.Parse<RateLimitScope>(rule.Scope),
            Keys = [.. rule.CountBy.Select(k => new RateLimitKey(Enum.Parse<RateLimitKeyKind>(k.Type), k.Header ?? ""))],
            Match = new HttpMatch
            {
                Path = Path(rule.Match?.Path),
                Headers = [.. (rule.Match?.Headers ?? []).Select(h => new NamedMatch(h.Name, h.Type == "RegularExpression" ? TextMatch.Pattern(h.Value) : TextMatch.Exact(h.Value)))],
            },
            Methods = [.. rule.Match?.Methods ?? []],
            Principals = [.. (source?.Principals ?? []).Select(Principal)],
            Namespaces = [.. source?.Namespaces ?? []],
            Networks = [.. (source?.IpBlocks ?? []).Select(b => IpBlocks.TryParse(b, out var network) ? network : throw new InvalidOperationException($"'{b}' was found valid"))],
        };
    }

    private static PathMatch Path(HttpPathMatch? path) => path switch
    {
        null => PathMatch.Any,
        { Type: "Exact" } => PathMatch.Exact(path.Value ?? "/"),
        { Type: "RegularExpression" } => PathMatch.Pattern(path.Value ?? "/"),
        _ => PathMatch.Prefix(path.Value ?? "/"),
    };

    private static TextMatch Principal(string text) => text.EndsWith('*') ? TextMatch.Prefix(text.TrimEnd('*')) : TextMatch.Exact(text);
}
