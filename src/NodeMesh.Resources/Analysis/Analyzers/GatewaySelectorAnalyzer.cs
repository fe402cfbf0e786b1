using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports policies that select pods of a Gateway of the Gateway API by labels.</summary>
internal sealed class GatewaySelectorAnalyzer : Analyzer
{
    private const string GatewayName = "gateway.networking.k8s.io/gateway-name";

    /// <inheritdoc/>
    public override string Name => "k8sgateway.SelectorAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that policies for Gateways of the Gateway API use targetRefs";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0166"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var policies = context.Of<AuthorizationPolicyResource>(ResourceKinds.AuthorizationPolicy).Select(p => (p.Document, p.Resource.Spec?.Selector))
            .Concat(context.Of<RequestAuthenticationResource>(ResourceKinds.RequestAuthentication).Select(p => (p.Document, p.Resource.Spec?.Selector)))
            .Concat(context.Of<TelemetryResource>(ResourceKinds.Telemetry).Select(p => (p.Document, p.Resource.Spec?.Selector)))
            .Concat(context.Of<WasmPluginResource>(ResourceKinds.WasmPlugin).Select(p => (p.Document, p.Resource.Spec.Selector)));
        foreach (var (document, selector) in policies.Where(p => p.Item2 is { MatchLabels.IsEmpty: false }))
        {
            var gateway = context.Selected(selector!.MatchLabels, document.Namespace).Select(p => p.Labels.GetValueOrDefault(GatewayName)).FirstOrDefault(name => name is not null);
            if (gateway is not null)
            {
                context.Report("IST0166", document, "spec.selector", $"selects the pods of Gateway {gateway}, which labels do not", $"write targetRefs: [{{group: gateway.networking.k8s.io, kind: Gateway, name: {gateway}}}]");
            }
        }
    }
}
