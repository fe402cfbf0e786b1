using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Checks the Secrets that gateways use.</summary>
internal sealed class GatewaySecretAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "gateway.SecretAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that the Secrets of gateways exist and hold a valid certificate and its key";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0101", "IST0161"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var (document, gateway) in context.Of<IstioGatewayResource>(ResourceKinds.IstioGateway))
        {
            var spec = gateway.Spec ?? new IstioGatewaySpec();
            if (context.Selected(spec.Selector).FirstOrDefault() is not { Namespace: var ns })
            {
                context.Report("IST0101", document, "spec.selector", $"no pod has the labels {LabelText.Of(spec.Selector)}");
                continue;
            }

            for (var i = 0; i < spec.Servers.Length; i++)
            {
                if (spec.Servers[i].Tls is not { CredentialName: { Length: > 0 } name })
                {
                    continue;
                }

                var field = $"spec.servers[{i}].tls.credentialName";
                if (context.Find(ResourceKinds.Secret, ns, name)?.Resource is not SecretResource secret)
                {
                    context.Report("IST0101", document, field, $"namespace {ns}, where the gateway's pods are, has no Secret {name}", $"create it in namespace {ns}");
                }
                else if (Problem(secret, context.Input.Time.GetUtcNow()) is { } problem)
                {
                    context.Report("IST0161", document, field, $"Secret {ns}/{name} {problem}");
                }
            }
        }
    }

    /// <summary>What is wrong with the certificate and key of a Secret.</summary>
    /// <param name="secret">The Secret.</param>
    /// <param name="now">The time.</param>
    /// <returns>What is wrong; null when it is good.</returns>
    public static string? Problem(SecretResource secret, DateTimeOffset now)
    {
        var (certificate, key) = (Text(secret, "tls.crt") ?? Text(secret, "cert"), Text(secret, "tls.key") ?? Text(secret, "key"));
        if (certificate is null || key is null)
        {
            return "lacks tls.crt or tls.key";
        }

        try
        {
            using var pair = X509Certificate2.CreateFromPem(certificate, key);
            return pair.NotAfter.ToUniversalTime() < now.UtcDateTime ? $"has a certificate that expired on {pair.NotAfter.ToUniversalTime():yyyy-MM-dd}"
                : pair.NotBefore.ToUniversalTime() > now.UtcDateTime ? $"has a certificate that is not valid before {pair.NotBefore.ToUniversalTime():yyyy-MM-dd}"
                : null;
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException)
        {
            return "has no valid certificate with its key";
        }
    }

    private static string? Text(SecretResource secret, string key)
    {
        if (secret.StringData.TryGetValue(key, out var text))
        {
            return text;
        }

        var buffer = secret.Data.TryGetValue(key, out var encoded) ? new byte[encoded.Length] : [];
        return encoded is not null && Convert.TryFromBase64String(encoded, buffer, out var length) ? Encoding.UTF8.GetString(buffer, 0, length) : null;
    }
}
