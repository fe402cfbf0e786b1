using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Testing;

namespace NodeMesh.Kubernetes.Tests.Authentication;

/// <summary>Service accounts' tokens, against the real API server.</summary>
public sealed class TokenTests(ApiServer api)
{
    private const string Audience = "nodemesh-ca";

    [Fact]
    public async Task TokenForAnAudience_IsGoodThereAndNowhereElse()
    {
        var ns = await AccountAsync();
        var token = await api.Admin.RequestTokenAsync(ns, "web", new V1TokenRequestSpec { Audiences = [Audience], ExpirationSeconds = 600 });
        Assert.InRange((token.ExpirationTimestamp!.Value - DateTimeOffset.UtcNow).TotalSeconds, 500, 660);
        var good = await api.Admin.ReviewTokenAsync(token.Token!, [Audience]);
        Assert.True(good.Authenticated);
        Assert.Equal($"system:serviceaccount:{ns}:web", good.User!.Username);
        var wrong = await api.Admin.ReviewTokenAsync(token.Token!, ["somebody-else"]);
        Assert.NotEqual(true, wrong.Authenticated);
        Assert.NotEqual(true, (await api.Admin.ReviewTokenAsync("no.token.atall", [Audience])).Authenticated);
    }

    [Fact]
    public async Task BoundToken_NamesItsPod()
    {
        var ns = await AccountAsync();
        var pod = await api.Admin.Resources(KubernetesKinds.Pods).InNamespace(ns).CreateAsync(new V1Pod
        {
            Metadata = new V1ObjectMeta { Name = "web-0" },
            Spec = new V1PodSpec { ServiceAccountName = "web", NodeName = "node-1", Containers = [new V1Container { Name = "c", Image = "i" }] },
        });
        var token = await api.Admin.RequestTokenAsync(ns, "web", new V1TokenRequestSpec
        {
            Audiences = [Audience],
            BoundObjectRef = new V1BoundObjectReference { ApiVersion = "v1", Kind = "Pod", Name = "web-0", Uid = pod.Metadata.Uid! },
        });
        var review = await api.Admin.ReviewTokenAsync(token.Token!, [Audience]);
        Assert.Equal([pod.Metadata.Uid!], review.User!.Extra!["authentication.kubernetes.io/pod-uid"]);
        await api.Admin.Resources(KubernetesKinds.Pods).InNamespace(ns).DeleteAsync("web-0", new V1DeleteOptions { GracePeriodSeconds = 0 });
        // The API server remembers a good token for ten seconds.
        await Eventually.TrueAsync(async () => (await api.Admin.ReviewTokenAsync(token.Token!, [Audience])).Authenticated != true, "the token ends with its pod");
    }

    [Fact]
    public async Task PodsConfiguration_UsesTheTokenAndReloadsIt()
    {
        var ns = await AccountAsync();
        using var folder = new TemporaryFolder();
        folder.Write("ca.crt", File.ReadAllText(Path.Combine(api.Cluster.Pki, "ca.crt")));
        folder.Write("namespace", ns);
        folder.Write("token", (await ApiTokenAsync(ns)).Token!);
        var configuration = InClusterFiles.Load(folder.Path, "127.0.0.1", $"{api.Cluster.Relay.Port}");
        // The clock stands: a token is read again after ten seconds, which a loaded machine may need for one request.
        var options = new KubernetesClientOptions { Time = new ManualTimeProvider(DateTimeOffset.UtcNow) };
        using var client = new KubernetesClient(configuration, options);
        // A service account without rights: known, and therefore forbidden rather than unauthorized.
        await ForbiddenAsync(client, ns);
        folder.Write("token", "expired.or.wrong");
        await ForbiddenAsync(client, ns);
        folder.Write("token", "worse");
        using var fresh = new KubernetesClient(configuration, options);
        var refused = await Assert.ThrowsAsync<KubernetesException>(() => fresh.Resources(KubernetesKinds.Secrets).InNamespace(ns).ListAsync());
        Assert.True(refused.IsUnauthorized);
        // The kubelet writes the next one: the very next request is good, though the file was read a moment ago.
        folder.Write("token", (await ApiTokenAsync(ns)).Token!);
        await ForbiddenAsync(fresh, ns);
        Assert.False((await fresh.ReviewAccessAsync(new V1ResourceAttributes { Namespace = ns, Verb = "list", Resource = "secrets" })).Allowed);
        Assert.True((await api.Admin.ReviewAccessAsync(new V1ResourceAttributes { Namespace = ns, Verb = "list", Resource = "secrets" })).Allowed);
    }

    [Fact]
    public async Task ExecPlugin_LogsIn()
    {
        var ns = await AccountAsync();
        using var folder = new TemporaryFolder();
        folder.Write("token", (await ApiTokenAsync(ns)).Token!);
        folder.WriteScript("plugin", $$$"""
            printf '{"apiVersion":"client.authentication.k8s.io/v1beta1","kind":"ExecCredential","status":{"token":"%s"}}' "$(cat {{{folder.Path}}}/token)"
            """);
        var file = folder.Write("config", $$$$"""
            current-context: x
            contexts: [{name: x, context: {cluster: c, user: u}}]
            clusters: [{name: c, cluster: {server: "https://127.0.0.1:{{{{api.Cluster.Relay.Port}}}}", certificate-authority: {{{{api.Cluster.Pki}}}}/ca.crt}}]
            users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1beta1, command: ./plugin}}}]
            """);
        using var client = new KubernetesClient(KubernetesClientConfiguration.BuildConfigFromConfigFile(file));
        await ForbiddenAsync(client, ns);
    }

    [Fact]
    public async Task KubeConfigOfTheCluster_LogsInByCertificate()
    {
        var configuration = KubernetesClientConfiguration.BuildConfigFromConfigFile(Path.Combine(api.Cluster.Pki, "admin.kubeconfig"));
        using var client = new KubernetesClient(configuration with { Host = new Uri($"https://127.0.0.1:{api.Cluster.Relay.Port}") });
        Assert.NotEmpty((await client.Resources(KubernetesKinds.Namespaces).ListAllAsync()).Items);
    }

    private static async Task ForbiddenAsync(KubernetesClient client, string ns)
    {
        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.Resources(KubernetesKinds.Secrets).InNamespace(ns).ListAsync());
        Assert.True(error.IsForbidden, error.Message);
        Assert.Contains($"system:serviceaccount:{ns}:web", error.Message, StringComparison.Ordinal);
    }

    private async Task<string> AccountAsync()
    {
        var ns = await api.NamespaceAsync();
        await api.Admin.Resources(KubernetesKinds.ServiceAccounts).InNamespace(ns).CreateAsync(new V1ServiceAccount
        {
            Metadata = new V1ObjectMeta { Name = "web" },
            // No controller makes the secret that admission would wait for.
            AutomountServiceAccountToken = false,
        });
        return ns;
    }

    private Task<V1TokenRequestStatus> ApiTokenAsync(string ns) => api.Admin.RequestTokenAsync(ns, "web", new V1TokenRequestSpec());
}
