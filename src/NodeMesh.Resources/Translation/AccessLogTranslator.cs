using NodeMesh.Model.AccessLogging;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>Translates what Telemetries say of access lines. Field by field the narrower one wins.</summary>
internal static class AccessLogTranslator
{
    /// <summary>The provider that Istio has without configuration: the log of the proxy.</summary>
    private const string Provider = "envoy";

    private const string Client = "CLIENT";
    private const string Server = "SERVER";

    /// <summary>Translates.</summary>
    /// <param name="entries">What is said of a workload, the widest first.</param>
    /// <returns>The policy; null where nothing is said.</returns>
    public static AccessLogPolicy? Translate(IEnumerable<TelemetryAccessLogging> entries)
    {
        AccessLogPolicy? policy = null;
        foreach (var entry in entries.Where(IsServed))
        {
            policy ??= new AccessLogPolicy();
            policy = policy with
            {
                Client = entry.Match?.Mode == Server ? policy.Client : Merge(policy.Client, entry),
                Server = entry.Match?.Mode == Client ? policy.Server : Merge(policy.Server, entry),
            };
        }

        return policy;
    }

    /// <summary>Says what has no effect.</summary>
    /// <param name="document">The Telemetry.</param>
    /// <param name="field">Where the entry is.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>The findings.</returns>
    public static IEnumerable<Finding> Check(ManifestDocument document, string field, TelemetryAccessLogging entry)
    {
        foreach (var (i, provider) in entry.Providers.Index())
        {
            if (provider.Name != Provider)
            {
                yield return NotServed(document, $"{field}.providers[{i}].name", $"lines are written to the log of the node's proxy, which is provider {Provider}");
            }
        }

        if (!IsServed(entry) || entry.Filter?.Expression is not { } expression || string.IsNullOrWhiteSpace(expression))
        {
            yield break;
        }

        if (!AccessLogFilter.TryParse(expression, out var filter, out var problem))
        {
            yield return NotServed(document, $"{field}.filter.expression", $"it {problem}; without the filter all lines are written");
        }
        else if (filter.NeedsRequests && entry.Match?.Mode == Server)
        {
            yield return NotServed(document, $"{field}.filter.expression", "requests are seen at the client's node, so of connections no line passes it; use mode CLIENT");
        }
    }

    private static bool IsServed(TelemetryAccessLogging entry) => entry.Providers.IsEmpty || entry.Providers.Any(p => p.Name == Provider);

    private static AccessLogRule Merge(AccessLogRule rule, TelemetryAccessLogging entry) => new(
        entry.Disabled ?? rule.IsDisabled,
        entry.Filter?.Expression is not { } expression ? rule.Filter : AccessLogFilter.TryParse(expression, out var filter, out _) ? filter : null);

    private static Finding NotServed(ManifestDocument document, string field, string reason) =>
        document.Report(FindingLevel.Warning, FindingCodes.NotServed, field, $"is not served: it has no effect; {reason}");
}
