using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks the operations of EnvoyFilters.</summary>
internal sealed class EnvoyFilterAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "envoyfilter.EnvoyPatchAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that the operations of EnvoyFilters fit what they apply to";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0151", "IST0152", "IST0153", "IST0154", "IST0155"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var versioned = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (document, filter) in context.Of<EnvoyFilterResource>(ResourceKinds.EnvoyFilter))
        {
            var spec = filter.Spec ?? new EnvoyFilterSpec();
            for (var i = 0; i < spec.ConfigPatches.Length && spec.ConfigPatches[i].Patch is not null; i++)
            {
                var patch = spec.ConfigPatches[i];
                Check(context, document, $"spec.configPatches[{i}]", patch, spec.Priority ?? 0, versioned);
                if (!string.IsNullOrEmpty(patch.Match?.Proxy?.ProxyVersion))
                {
                    versioned.Add(FilterName(patch));
                }
            }
        }
    }

    private static void Check(AnalysisContext context, ManifestDocument document, string path, EnvoyConfigPatch patch, int priority, HashSet<string> versioned)
    {
        var onRoutes = patch.ApplyTo is "ROUTE_CONFIGURATION" or "HTTP_ROUTE";
        switch (patch.Patch!.Operation)
        {
            case "ADD" when onRoutes:
                context.Report("IST0153", document, $"{path}.patch.operation", $"ADD is ignored for {patch.ApplyTo}");
                break;
            case "REMOVE" when onRoutes:
                context.Report("IST0154", document, $"{path}.patch.operation", $"REMOVE is ignored for {patch.ApplyTo}");
                break;
            case "REPLACE" when patch.ApplyTo is not ("HTTP_FILTER" or "NETWORK_FILTER"):
                context.Report("IST0152", document, $"{path}.patch.operation", $"REPLACE is for HTTP_FILTER and NETWORK_FILTER, not for {patch.ApplyTo}");
                break;
            case "REMOVE" or "REPLACE" or "INSERT_BEFORE" or "INSERT_AFTER" when priority == 0:
                var again = versioned.Contains(FilterName(patch));
                context.Report(
                    again ? "IST0155" : "IST0151", document, $"{path}.patch.operation",
                    $"{patch.Patch.Operation} is relative to other filters, and without priority it may come before them{(again ? "; another filter of this name asks for a proxy version" : "")}");
                break;
            default:
                break;
        }
    }

    private static string FilterName(EnvoyConfigPatch patch) =>
        patch.Patch?.Value?.At("name") is ManifestScalar name ? name.Text
        : patch.Match?.Listener?.At("filterChain", "filter", "name") is ManifestScalar other ? other.Text
        : "";
}
