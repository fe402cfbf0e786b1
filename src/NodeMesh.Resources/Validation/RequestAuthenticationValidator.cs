using System.Text.Json;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks RequestAuthentications.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class RequestAuthenticationValidator(FindingCollector findings)
{
    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(RequestAuthenticationSpec spec)
    {
        IstioChecks.CheckTargets(findings, spec.Selector, spec.TargetRef, spec.TargetRefs);
        for (var i = 0; i < spec.JwtRules.Length; i++)
        {
            CheckRule(FieldPath.Index("spec.jwtRules", i), spec.JwtRules[i]);
        }
    }

    private void CheckRule(string path, JwtRule rule)
    {
        if (!string.IsNullOrEmpty(rule.JwksUri) && !(Uri.TryCreate(rule.JwksUri, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Host.Length > 0))
        {
            findings.Error($"{path}.jwksUri", $"'{rule.JwksUri}' is not a URI; write such as https://issuer.example.com/jwks.json");
        }

        if (!string.IsNullOrEmpty(rule.Jwks) && KeysViolation(rule.Jwks) is { } violation)
        {
            findings.Error($"{path}.jwks", violation);
        }
    }

    private static string? KeysViolation(string keys)
    {
        try
        {
            using var document = JsonDocument.Parse(keys);
            var root = document.RootElement;
            var good = root.ValueKind == JsonValueKind.Object
                && (root.TryGetProperty("keys", out var list)
                    ? list.ValueKind == JsonValueKind.Array && list.EnumerateArray().All(k => k.ValueKind == JsonValueKind.Object && k.TryGetProperty("kty", out _))
                    : root.TryGetProperty("kty", out _));
            return good ? null : "is not a set of keys; write {\"keys\": […]} of keys with kty (RFC 7517)";
        }
        catch (JsonException)
        {
            return "is not JSON; write a set of keys (RFC 7517)";
        }
    }
}
