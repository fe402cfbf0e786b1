using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.AccessLogging;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// What Telemetries say of workloads. For a workload hold the root namespace's Telemetry for all, its own namespace's for all, and the one of its namespace that
/// selects it, the oldest of each; field by field the narrower one wins, as in Istio. Tags are replaced as a whole.
/// </summary>
internal sealed class TelemetryCatalog
{
    private readonly string _rootNamespace;
    private readonly ILookup<string, (TelemetrySpec Spec, ManifestDocument Document)> _byNamespace;

    /// <summary>The names of the mesh's providers; null where they are not known, as for files.</summary>
    private readonly ImmutableArray<string>? _providers;

    /// <summary>Takes Telemetries.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="documents">All of them.</param>
    public TelemetryCatalog(MeshSettings settings, IEnumerable<ManifestDocument> documents)
    {
        _rootNamespace = settings.RootNamespace;
        _providers = settings.TracingProviders;
        _byNamespace = documents
            .Where(d => ((TelemetryResource)d.Resource!).Spec is not null)
            .OrderBy(d => d.Resource!.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue)
            .ThenBy(d => d.Key.ToString(), StringComparer.Ordinal)
            .Select(d => (((TelemetryResource)d.Resource!).Spec!, d))
            .ToLookup(t => t.d.Namespace, StringComparer.Ordinal);
        foreach (var ns in _byNamespace)
        {
            var forAll = ns.Where(t => SelectsAll(t.Spec)).Select(t => t.Document).ToList();
            Findings.AddRange(forAll.Skip(1).Select(d => d.Report(
                FindingLevel.Warning, FindingCodes.Overridden, "spec.selector", $"has no effect: {forAll[0].Origin} is older and for all workloads of the namespace, too; give one of them a selector")));
            foreach (var (spec, document) in ns)
            {
                Check(document, spec);
            }
        }
    }

    /// <summary>What has no effect.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>What is said of a workload's access lines.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="labels">Its labels.</param>
    /// <returns>The policy; null where nothing is said.</returns>
    public AccessLogPolicy? FindAccessLog(string ns, ImmutableDictionary<string, string> labels) =>
        AccessLogTranslator.Translate(Holding(ns, labels).SelectMany(s => s.AccessLogging));

    /// <summary>What is said of a workload's spans.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="labels">Its labels.</param>
    /// <returns>The policy; null where nothing is said.</returns>
    public TracingPolicy? Find(string ns, ImmutableDictionary<string, string> labels)
    {
        TracingPolicy? policy = null;
        var isDisabled = false;
        var isKnown = true;
        foreach (var tracing in Holding(ns, labels).SelectMany(s => s.Tracing).Where(t => t.Match?.Mode != "SERVER"))
        {
            isDisabled = tracing.DisableSpanReporting ?? isDisabled;
            isKnown = tracing.Providers is [var provider, ..] ? IsKnown(provider) : isKnown;
            policy = Merge(policy ?? new TracingPolicy(), tracing);
        }

        return policy is null ? null : policy with { IsReported = !isDisabled && isKnown };
    }

    private static TracingPolicy Merge(TracingPolicy policy, TelemetryTracing tracing) => policy with
    {
        SamplingPercentage = tracing.RandomSamplingPercentage ?? policy.SamplingPercentage,
        PropagatesContext = tracing.DisableContextPropagation is { } disabled ? !disabled : policy.PropagatesContext,
        HasIstioTags = tracing.EnableIstioTags ?? policy.HasIstioTags,
        Tags = tracing.CustomTags.IsEmpty
            ? policy.Tags
            : [.. tracing.CustomTags.OrderBy(t => t.Key, StringComparer.Ordinal).Select(t => Translate(t.Key, t.Value)).OfType<TracingTag>()],
    };

    private static TracingTag? Translate(string name, TelemetryTag tag) => tag switch
    {
        { Literal: { } literal } => new TracingTag(name, "", literal.Value),
        { Header: { } header } => new TracingTag(name, header.Name, header.DefaultValue ?? ""),
        _ => null,
    };

    private static bool HasTargets(TelemetrySpec spec) => spec.TargetRef is not null || !spec.TargetRefs.IsEmpty;

    private static bool SelectsAll(TelemetrySpec spec) => !HasTargets(spec) && spec.Selector is null or { MatchLabels.IsEmpty: true };

    private IEnumerable<TelemetrySpec> Holding(string ns, ImmutableDictionary<string, string> labels)
    {
        if (ns != _rootNamespace && ForAll(_rootNamespace) is { } everywhere)
        {
            yield return everywhere;
        }

        if (ForAll(ns) is { } here)
        {
            yield return here;
        }

        foreach (var (spec, _) in _byNamespace[ns])
        {
            if (!SelectsAll(spec) && !HasTargets(spec) && Labels.Match(spec.Selector!.MatchLabels, labels))
            {
                yield return spec;
                yield break;
            }
        }
    }

    private TelemetrySpec? ForAll(string ns)
    {
        foreach (var (spec, _) in _byNamespace[ns])
        {
            if (SelectsAll(spec))
            {
                return spec;
            }
        }

        return null;
    }

    private bool IsKnown(TelemetryProvider provider) => _providers is not { } known || known.Contains(provider.Name);

    private void Check(ManifestDocument document, TelemetrySpec spec)
    {
        const string Targets = "gateways and waypoints are not served; select workloads with spec.selector";
        CheckServed(document, spec.TargetRef is not null, "spec.targetRef", Targets);
        CheckServed(document, !spec.TargetRefs.IsEmpty, "spec.targetRefs", Targets);
        foreach (var (i, _) in spec.Metrics.Index())
        {
            CheckServed(document, true, $"spec.metrics[{i}]", "metrics are Istio's standard ones, with all their labels");
        }

        foreach (var (i, entry) in spec.AccessLogging.Index())
        {
            Findings.AddRange(AccessLogTranslator.Check(document, $"spec.accessLogging[{i}]", entry));
        }

        foreach (var (i, tracing) in spec.Tracing.Index())
        {
            Check(document, $"spec.tracing[{i}]", tracing);
        }
    }

    private void Check(ManifestDocument document, string field, TelemetryTracing tracing)
    {
        CheckServed(document, tracing.Match?.Mode == "SERVER", $"{field}.match.mode", "spans are made where a request begins; use CLIENT");
        CheckServed(document, tracing.UseRequestIdForTraceSampling == true, $"{field}.useRequestIdForTraceSampling", "chance decides where no caller has; remove it");
        foreach (var (name, tag) in tracing.CustomTags)
        {
            var at = FieldPath.Key($"{field}.customTags", name);
            CheckServed(document, tag.Environment is not null, $"{at}.environment", "one proxy serves all pods of a node, and its environment is not theirs; use literal or header");
            CheckServed(document, tag.Formatter is not null, $"{at}.formatter", "there are no formats of Envoy; use literal or header");
        }

        if (tracing.DisableSpanReporting == true || _providers is not { } known)
        {
            return;
        }

        if (known.IsEmpty)
        {
            Findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NoEffect, field, "has no effect: the mesh has nowhere to send spans; install it with tracing.otlp.endpoint, or start a local one with --otlp-endpoint"));
        }
        else if (tracing.Providers is [var provider, ..] && !known.Contains(provider.Name))
        {
            Findings.Add(document.Report(
                FindingLevel.Warning, FindingCodes.TargetNotFound, $"{field}.providers[0].name", $"'{provider.Name}' is no provider of the mesh, so no spans are made; the mesh has {string.Join(", ", known)} (tracing.otlp.provider of the installation)"));
        }
    }

    private void CheckServed(ManifestDocument document, bool isThere, string field, string reason)
    {
        if (isThere)
        {
            Findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NotServed, field, $"is not served: it has no effect; {reason}"));
        }
    }
}
