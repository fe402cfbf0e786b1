using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports the same certificate in several gateways of the same pods.</summary>
internal sealed class GatewayCertificateAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "gateway.CertificateAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that gateways of the same pods do not share a certificate";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0138"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var gateways = context.Of<IstioGatewayResource>(ResourceKinds.IstioGateway).Where(g => g.Resource.Spec is not null).ToList();
        foreach (var (document, gateway) in gateways)
        {
            foreach (var (other, otherGateway) in gateways.Where(g => g.Document != document && Labels.Match(gateway.Spec!.Selector, g.Resource.Spec!.Selector)))
            {
                for (var i = 0; i < gateway.Spec!.Servers.Length; i++)
                {
                    if (gateway.Spec.Servers[i].Tls is { } tls && otherGateway.Spec!.Servers.Any(s => s.Tls is { } theirs && Same(tls, theirs)))
                    {
                        context.Report("IST0138", document, $"spec.servers[{i}].tls", $"gateway {other.Key} has the same certificate");
                    }
                }
            }
        }
    }

    private static bool Same(ServerTlsSettings a, ServerTlsSettings b) =>
        !string.IsNullOrEmpty(a.CredentialName) || !string.IsNullOrEmpty(b.CredentialName)
            ? a.CredentialName == b.CredentialName
            : !string.IsNullOrEmpty(a.ServerCertificate) && !string.IsNullOrEmpty(a.PrivateKey) && a.ServerCertificate == b.ServerCertificate && a.PrivateKey == b.PrivateKey;
}
