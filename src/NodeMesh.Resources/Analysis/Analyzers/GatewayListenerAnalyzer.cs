using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.GatewayApi;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks the certificates of the Gateway API's listeners.</summary>
internal sealed class GatewayListenerAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "nodemesh.GatewayListenerAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that certificates of Gateways of the Gateway API exist and may be referred to";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0161", "NM0108"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var (document, gateway) in context.Of<GatewayResource>(ResourceKinds.Gateway))
        {
            foreach (var (i, listener) in gateway.Spec.Listeners.Index())
            {
                foreach (var (j, reference) in (listener.Tls?.CertificateRefs ?? []).Index().Where(r => r.Item.Kind is null or "Secret"))
                {
                    var field = $"spec.listeners[{i}].tls.certificateRefs[{j}]";
                    var ns = reference.Namespace ?? document.Namespace;
                    if (!ReferenceGrants.Allow(context, document, "", "Secret", ns, reference.Name))
                    {
                        context.Report("NM0108", document, field, $"no ReferenceGrant of namespace {ns} lets Gateways of {document.Namespace} refer to Secret {reference.Name}", $"create a ReferenceGrant in namespace {ns}");
                    }
                    else if (context.Find(ResourceKinds.Secret, ns, reference.Name)?.Resource is not SecretResource secret)
                    {
                        context.Report("NM0108", document, field, $"there is no Secret {ns}/{reference.Name}", "create the Secret");
                    }
                    else if (GatewaySecretAnalyzer.Problem(secret, context.Input.Time.GetUtcNow()) is { } problem)
                    {
                        context.Report("IST0161", document, field, $"Secret {ns}/{reference.Name} {problem}");
                    }
                }
            }
        }
    }
}
