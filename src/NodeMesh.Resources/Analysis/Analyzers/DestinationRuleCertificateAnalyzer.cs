using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports TLS to destinations that nobody checks.</summary>
internal sealed class DestinationRuleCertificateAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "destinationrule.CaCertificateAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that TLS of modes SIMPLE and MUTUAL has authorities to check the server by";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0128", "IST0129"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var (document, rule) in context.Of<DestinationRuleResource>(ResourceKinds.DestinationRule))
        {
            if (rule.Spec?.TrafficPolicy is not { } policy)
            {
                continue;
            }

            var selects = rule.Spec.WorkloadSelector is not null;
            if (IsUnchecked(policy.Tls, selects))
            {
                context.Report("IST0128", document, "spec.trafficPolicy.tls", $"mode {policy.Tls!.Mode} has no caCertificates, so the server of {rule.Spec.Host} is not checked");
            }

            for (var i = 0; i < policy.PortLevelSettings.Length; i++)
            {
                var port = policy.PortLevelSettings[i];
                if (IsUnchecked(port.Tls, selects))
                {
                    context.Report(
                        "IST0129", document, $"spec.trafficPolicy.portLevelSettings[{i}].tls",
                        $"mode {port.Tls!.Mode} has no caCertificates, so the server of {rule.Spec.Host} at port {port.Port?.Number} is not checked");
                }
            }
        }
    }

    // A credential is fetched by the proxies that the rule selects; without a selector only gateways have it.
    private static bool IsUnchecked(ClientTlsSettings? tls, bool selects) =>
        tls is { Mode: "SIMPLE" or "MUTUAL" } && string.IsNullOrEmpty(tls.CaCertificates) && tls.InsecureSkipVerify != true && !(selects && !string.IsNullOrEmpty(tls.CredentialName));
}
