using NodeMesh.Model.Routing;
using NodeMesh.Resources.Kinds.Mesh;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks RateLimitPolicies.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class RateLimitPolicyValidator(FindingCollector findings)
{
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromHours(24);

    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(RateLimitPolicySpec spec)
    {
        for (var i = 0; i < spec.TargetRefs.Length; i++)
        {
            if (spec.TargetRefs[i].Group is { Length: > 0 } group)
            {
                findings.Error($"{FieldPath.Index("spec.targetRefs", i)}.group", $"'{group}' has no Services; leave the group out");
            }
        }

        for (var i = 0; i < spec.Rules.Length; i++)
        {
            var path = FieldPath.Index("spec.rules", i);
            CheckLimit($"{path}.limit", spec.Rules[i].Limit);
            CheckMatch($"{path}.match", spec.Rules[i].Match);
            for (var k = 0; k < spec.Rules[i].CountBy.Length; k++)
            {
                CheckCountBy(FieldPath.Index($"{path}.countBy", k), spec.Rules[i].CountBy[k]);
            }
        }
    }

    private void CheckLimit(string path, RateLimitAmount limit)
    {
        if (DurationText.TryParseGateway(limit.Per, out var per) && (per <= TimeSpan.Zero || per > LongestPeriod))
        {
            findings.Error($"{path}.per", $"'{limit.Per}' is not between 1ms and 24h; counts are kept in memory, so write a shorter period");
        }
    }

    private void CheckCountBy(string path, RateLimitCountBy by)
    {
        if (by.Type == "Header" && by.Header is null)
        {
            findings.Missing($"{path}.header", "is missing; write the header's name, or another type");
        }
        else if (by.Type != "Header" && by.Header is not null)
        {
            findings.Error($"{path}.header", $"means nothing for type {by.Type}; remove it, or write type Header");
        }
    }

    private void CheckMatch(string path, RateLimitMatch? match)
    {
        if (match?.Path is { } matched)
        {
            CheckPath($"{path}.path", matched.Type, matched.Value ?? "/");
        }

        var headers = match?.Headers ?? [];
        for (var i = 0; i < headers.Length; i++)
        {
            if (headers[i].Type == "RegularExpression")
            {
                CheckPattern($"{FieldPath.Index($"{path}.headers", i)}.value", headers[i].Value);
            }
        }

        var blocks = match?.Source?.IpBlocks ?? [];
        for (var i = 0; i < blocks.Length; i++)
        {
            if (!IpBlocks.TryParse(blocks[i], out _))
            {
                findings.Error(FieldPath.Index($"{path}.source.ipBlocks", i), $"'{blocks[i]}' is neither an address nor a network; write such as 10.0.0.1 or 10.0.0.0/8");
            }
        }

        var principals = match?.Source?.Principals ?? [];
        for (var i = 0; i < principals.Length; i++)
        {
            if (principals[i].TrimEnd('*').Contains('*', StringComparison.Ordinal) || principals[i].Length == 0)
            {
                findings.Error(FieldPath.Index($"{path}.source.principals", i), $"'{principals[i]}' is no identity; write such as cluster.local/ns/shop/sa/web, with * at the end alone");
            }
        }
    }

    private void CheckPath(string path, string? type, string value)
    {
        if (type == "RegularExpression")
        {
            CheckPattern($"{path}.value", value);
        }
        else if (!value.StartsWith('/'))
        {
            findings.Error($"{path}.value", $"'{value}' is not a path; begin it with '/'");
        }
    }

    private void CheckPattern(string path, string pattern)
    {
        try
        {
            _ = TextMatch.Pattern(pattern);
        }
        catch (ArgumentException e)
        {
            findings.Error(path, $"is not a regular expression that runs in linear time: {e.Message}");
        }
    }
}
