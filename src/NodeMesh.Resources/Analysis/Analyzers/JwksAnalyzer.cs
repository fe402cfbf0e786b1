using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks that a control plane which fetches keys may not fetch them from anywhere.</summary>
internal sealed class JwksAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "authn.BlockedCIDRsAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that istiod has a list of networks from which it fetches no keys, where RequestAuthentications exist";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0175"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var policies = context.Of<RequestAuthenticationResource>(ResourceKinds.RequestAuthentication).Select(p => p.Document.Key.ToString()).ToList();
        foreach (var (document, deployment) in context.Of<DeploymentResource>(ResourceKinds.Deployment).Where(d => policies.Count > 0 && d.Document.Labels.GetValueOrDefault("app") == "istiod"))
        {
            if (!deployment.Spec.Template.Spec.Containers.SelectMany(c => c.Env).Any(e => e.Name == "BLOCKED_CIDRS_IN_JWKS_URIS" && !string.IsNullOrEmpty(e.Value)))
            {
                context.Report("IST0175", document, "spec.template.spec.containers", $"keys for {policies.Count} RequestAuthentications ({string.Join(", ", policies.Take(5))}) are fetched from any network");
            }
        }
    }
}
