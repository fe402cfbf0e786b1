using System.Text;
using System.Text.Json;
using NodeMesh.Cli.Proxy;
using NodeMesh.Identity;
using NodeMesh.Kubernetes;
using NodeMesh.Model;

namespace NodeMesh.Cli.Check;

/// <summary>The CA: an operator's before the installation, and what the control plane has made of it after.</summary>
/// <param name="client">The cluster.</param>
/// <param name="ns">The mesh's namespace.</param>
/// <param name="time">This machine's clock.</param>
internal sealed class AuthorityChecks(KubernetesClient client, string ns, TimeProvider time)
{
    private const string Category = "certificates";
    private const string Operators = "cacerts";
    private const string Bundle = "nodemesh-ca-root-cert";
    private const string Rotation = "docs/operations.md, A CA of your own, says how a root is changed without a gap";

    /// <summary>A change of roots takes one lifetime of certificates twice, and people to do it.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    private static readonly KubernetesKind Webhooks =
        new("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false);

    /// <summary>Looks at the operator's CA, where there is one: what cannot work keeps the control plane from starting.</summary>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<CheckOutcome>> BeforeAsync(CancellationToken ct)
    {
        if (await client.Resources(KubernetesKinds.Secrets).InNamespace(ns).FindAsync(Operators, ct) is not { } secret)
        {
            return [];
        }

        var what = $"Secret {ns}/{Operators}";
        try
        {
            var files = (secret.Data ?? []).ToDictionary(d => d.Key, d => Encoding.UTF8.GetString(d.Value), StringComparer.Ordinal);
            using var authority = CertificateAuthority.Read(files, key => $"key {key}", (await ConfigurationAsync(ct)).Text("trustDomain") is { Length: > 0 } given ? given : SpiffeId.DefaultTrustDomain, time);
            return [OfRoots(what, authority.Bundle)];
        }
        catch (CertificateAuthorityException e)
        {
            return [CheckOutcome.Error(Category, what, e.Message, "docs/operations.md, A CA of your own, says which keys it must have")];
        }
    }

    /// <summary>Looks at what an installed mesh trusts, and whether the API server's webhook trusts the same.</summary>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<CheckOutcome>> AfterAsync(CancellationToken ct)
    {
        const string What = "the mesh's roots";
        var map = await client.Resources(KubernetesKinds.ConfigMaps).InNamespace(ns).FindAsync(Bundle, ct);
        if (map?.Data?.GetValueOrDefault("root-cert.pem") is not { } pem)
        {
            return [CheckOutcome.Error(Category, What, $"ConfigMap {ns}/{Bundle} is not there, or has no root-cert.pem", $"the control plane's leader writes it: kubectl -n {ns} logs deploy/nodemesh-control")];
        }

        try
        {
            var roots = TrustBundle.FromPem(pem);
            return [OfRoots(What, roots), .. await OfWebhookAsync(roots, ct)];
        }
        catch (FormatException e)
        {
            return [CheckOutcome.Error(Category, What, e.Message, $"delete ConfigMap {ns}/{Bundle}: the control plane's leader writes it anew")];
        }
    }

    private CheckOutcome OfRoots(string what, TrustBundle bundle)
    {
        var now = time.GetUtcNow();
        var last = bundle.Roots.OrderBy(r => r.NotAfter).Last();
        var end = new DateTimeOffset(last.NotAfter.ToUniversalTime(), TimeSpan.Zero);
        return end <= now ? CheckOutcome.Error(Category, what, $"ended {end:u}: {last.Subject}", Rotation)
            : new DateTimeOffset(last.NotBefore.ToUniversalTime(), TimeSpan.Zero) > now ? CheckOutcome.Error(Category, what, $"begin {last.NotBefore.ToUniversalTime():u}, and it is {now:u} here", "a clock is wrong: this machine's, or the control plane's")
            : end - now < Soon ? CheckOutcome.Warning(Category, what, $"end {end:u}: {last.Subject}", Rotation)
            : CheckOutcome.Ok(Category, what, $"valid until {end:yyyy-MM-dd}");
    }

    private async Task<IReadOnlyList<CheckOutcome>> OfWebhookAsync(TrustBundle roots, CancellationToken ct)
    {
        if (await client.Resources(Webhooks).FindAsync("nodemesh-validator", ct) is not { } configuration)
        {
            return (await ConfigurationAsync(ct)).Text("webhookListen").Length == 0 ? [] : [CheckOutcome.Warning(Category, "webhook", "there is none: policies are stored unchecked", "nodemesh upgrade makes it again")];
        }

        var hooks = (configuration["webhooks"] is { ValueKind: JsonValueKind.Array } given ? given.EnumerateArray() : []).ToList();
        if (hooks.Count == 0)
        {
            return [CheckOutcome.Warning(Category, "webhook", "the control plane has not filled it in yet: policies are stored unchecked", $"kubectl -n {ns} logs deploy/nodemesh-control")];
        }

        return hooks.All(h => Trusts(h, roots))
            ? [CheckOutcome.Ok(Category, "webhook", "the API server trusts the mesh's roots")]
            : [CheckOutcome.Error(Category, "webhook", "its caBundle has other roots than the mesh: the API server cannot ask, and refuses changes of security policies", $"the control plane's leader mends it within 30 s: kubectl -n {ns} logs deploy/nodemesh-control")];
    }

    private static bool Trusts(JsonElement hook, TrustBundle roots)
    {
        try
        {
            return TrustBundle.FromPem(Encoding.UTF8.GetString(Convert.FromBase64String(hook.Text("clientConfig", "caBundle")))).HasSameRoots(roots);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>What the control plane was installed with; undefined where there is none.</summary>
    private async Task<JsonElement> ConfigurationAsync(CancellationToken ct)
    {
        var map = await client.Resources(KubernetesKinds.ConfigMaps).InNamespace(ns).FindAsync("nodemesh-control", ct);
        try
        {
            return map?.Data?.GetValueOrDefault("control.json") is { } json ? JsonSerializer.Deserialize<JsonElement>(json) : default;
        }
        catch (JsonException)
        {
            return default;
        }
    }
}
