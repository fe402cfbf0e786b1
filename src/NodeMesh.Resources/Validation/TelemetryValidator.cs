using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks Telemetries.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class TelemetryValidator(FindingCollector findings)
{
    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(TelemetrySpec spec)
    {
        IstioChecks.CheckTargets(findings, spec.Selector, spec.TargetRef, spec.TargetRefs);
        if (spec.Tracing.Length > 1 && spec.Tracing.Any(t => t.Match?.Mode is not ("CLIENT" or "SERVER")))
        {
            findings.Warn(FindingCodes.Suspicious, "spec.tracing", "several count for the same traffic, and the later wins field by field; put them together");
        }

        for (var i = 0; i < spec.Tracing.Length; i++)
        {
            if (spec.Tracing[i].Providers.Length > 1)
            {
                findings.Warn(FindingCodes.Suspicious, $"spec.tracing[{i}].providers", "only the first is used; keep one");
            }

            if (spec.Tracing[i].CustomTags.ContainsKey(""))
            {
                findings.Error($"spec.tracing[{i}].customTags", "a tag needs a name");
            }
        }

        for (var i = 0; i < spec.Metrics.Length; i++)
        {
            for (var j = 0; j < spec.Metrics[i].Overrides.Length; j++)
            {
                CheckTags($"spec.metrics[{i}].overrides[{j}].tagOverrides", spec.Metrics[i].Overrides[j]);
            }
        }

        for (var i = 0; i < spec.AccessLogging.Length; i++)
        {
            if (spec.AccessLogging[i].Filter is { } filter && string.IsNullOrWhiteSpace(filter.Expression))
            {
                findings.Missing($"spec.accessLogging[{i}].filter.expression", "is empty; write an expression, or remove the filter");
            }
        }
    }

    private void CheckTags(string path, MetricsOverride change)
    {
        foreach (var (name, tag) in change.TagOverrides)
        {
            var at = $"{FieldPath.Key(path, name)}.value";
            if (tag.Operation is null or "UPSERT" && string.IsNullOrEmpty(tag.Value))
            {
                findings.Missing(at, "is missing; UPSERT needs a value");
            }
            else if (tag.Operation == "REMOVE" && !string.IsNullOrEmpty(tag.Value))
            {
                findings.Error(at, "has no use with REMOVE; remove it");
            }
        }
    }
}
