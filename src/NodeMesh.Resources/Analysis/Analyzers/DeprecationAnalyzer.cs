using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports deprecated kinds and fields of Istio.</summary>
internal sealed class DeprecationAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "deprecation.DeprecationAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks for deprecated kinds and fields of Istio";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0002"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var (document, service) in context.Of<VirtualServiceResource>(ResourceKinds.VirtualService))
        {
            for (var i = 0; i < (service.Spec?.Http ?? []).Length; i++)
            {
                if (service.Spec!.Http[i].Fault?.Delay?.Percent > 0)
                {
                    context.Report("IST0002", document, $"spec.http[{i}].fault.delay.percent", "is deprecated", "use percentage");
                }
            }
        }

        foreach (var (document, sidecar) in context.Of<SidecarResource>(ResourceKinds.Sidecar))
        {
            if (sidecar.Spec?.OutboundTrafficPolicy?.EgressProxy is not null)
            {
                context.Report("IST0002", document, "spec.outboundTrafficPolicy.egressProxy", "is deprecated and ignored", "remove it");
            }
        }

        foreach (var document in context.Input.Manifests.Documents.Where(d => d.Kind.Kind == "CustomResourceDefinition"))
        {
            if (document.Root.At("spec", "group") is ManifestScalar { Text: "rbac.istio.io" or "config.istio.io" } group)
            {
                context.Report("IST0002", document, "spec.group", $"the kinds of {group.Text} are no longer read by anyone", "remove it");
            }
        }
    }
}
