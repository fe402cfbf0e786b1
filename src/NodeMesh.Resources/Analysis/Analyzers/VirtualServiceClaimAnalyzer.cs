using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks that tokens are checked where routes look at their claims.</summary>
internal sealed class VirtualServiceClaimAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "virtualservice.JWTClaimRouteAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that gateways whose routes look at claims of tokens have a RequestAuthentication";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0149"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var policies = context.Of<RequestAuthenticationResource>(ResourceKinds.RequestAuthentication).ToList();
        foreach (var (document, service) in context.Of<VirtualServiceResource>(ResourceKinds.VirtualService))
        {
            if (service.Spec is not { } spec || Claim(spec) is not { } claim)
            {
                continue;
            }

            var gateways = spec.Gateways.Select(g => VirtualServiceGatewayAnalyzer.Find(context, document.Namespace, g)).OfType<Manifests.ManifestDocument>();
            foreach (var gateway in gateways)
            {
                var selector = ((IstioGatewayResource)gateway.Resource!).Spec?.Selector ?? [];
                foreach (var pod in context.Selected(selector))
                {
                    var isChecked = policies.Any(p => (p.Document.Namespace == context.RootNamespace || p.Document.Namespace == pod.Namespace)
                        && Labels.Match(p.Resource.Spec?.Selector?.MatchLabels ?? [], pod.Labels));
                    if (!isChecked)
                    {
                        context.Report("IST0149", document, claim.Field, $"looks at '{claim.Key}', but no RequestAuthentication checks tokens at {pod.Name} of gateway {gateway.Key}");
                    }
                }
            }
        }
    }

    private static (string Field, string Key)? Claim(VirtualServiceSpec spec)
    {
        foreach (var (i, route) in spec.Http.Index())
        {
            foreach (var (j, match) in route.Match.Index())
            {
                var names = match.Headers.Keys.Select(k => ("headers", k)).Concat(match.WithoutHeaders.Keys.Select(k => ("withoutHeaders", k)));
                foreach (var (field, key) in names.Where(n => n.Item2.StartsWith(VirtualServiceHttpValidator.ClaimPrefix, StringComparison.Ordinal)))
                {
                    return (Manifests.FieldPath.Key($"spec.http[{i}].match[{j}].{field}", key), key);
                }
            }
        }

        return null;
    }
}
