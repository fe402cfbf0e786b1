using System.Text.Json;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>What <c>kubectl get -o yaml</c> tells of a policy, on a real API server.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class StatusOnClusterTests(ClusterFixture cluster)
{
    [Fact]
    public async Task Policy_IsToldWhatBecameOfIt_AndKeepsWhatOthersSay()
    {
        await cluster.DefineAsync("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications");
        var (mesh, ns) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync());
        var policies = cluster.Admin.Resources(new KubernetesKind("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications", true)).InNamespace(ns);
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "a", "10.42.0.1"));
        await cluster.ApplyAsync(Policy(ns, "STRICT"));
        await policies.PatchStatusAsync(V1Patch.Merge("""{"status":{"conditions":[{"type":"Reconciled","status":"True"}]}}"""), "p");
        await using var control = await OnCluster.StartAsync(cluster, mesh);

        await Eventually.TrueAsync(async () => await ConditionAsync(policies, "Accepted") is ("True", _), "the policy is accepted");
        await Eventually.TrueAsync(async () => await ConditionAsync(policies, "Enforced") is ("True", _), "the policy is enforced");
        Assert.Equal("True", (await ConditionAsync(policies, "Reconciled")).Status);
        var good = await policies.ReadAsync("p");
        Assert.Equal(good.Metadata.Generation, good["status"]!.Value.GetProperty("observedGeneration").GetInt64());

        await cluster.ApplyAsync(Policy(ns, "SOMETIMES"));
        await Eventually.TrueAsync(async () => await ConditionAsync(policies, "Accepted") is ("False", "Invalid"), "the policy is refused");
        var refused = await policies.ReadAsync("p");
        Assert.Contains("SOMETIMES", refused["status"]!.Value.GetProperty("validationMessages")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(refused.Metadata.Generation, refused["status"]!.Value.GetProperty("observedGeneration").GetInt64());

        await cluster.ApplyAsync(Policy(ns, "PERMISSIVE"));
        await Eventually.TrueAsync(async () => await ConditionAsync(policies, "Accepted") is ("True", _), "the mended policy is accepted");
        await Eventually.TrueAsync(async () => !(await policies.ReadAsync("p"))["status"]!.Value.TryGetProperty("validationMessages", out _), "nothing is left to say");
    }

    private static string Policy(string ns, string mode) => $$$"""
        {"apiVersion":"security.istio.io/v1beta1","kind":"PeerAuthentication","metadata":{"name":"p","namespace":"{{{ns}}}"},"spec":{"mtls":{"mode":"{{{mode}}}"} }}
        """;

    private static async Task<(string? Status, string? Reason)> ConditionAsync(ResourceClient<KubernetesObject> policies, string type)
    {
        if ((await policies.ReadAsync("p"))["status"] is not { } status || !status.TryGetProperty("conditions", out var conditions))
        {
            return default;
        }

        var found = conditions.EnumerateArray().FirstOrDefault(c => c.GetProperty("type").GetString() == type);
        return found.ValueKind == JsonValueKind.Undefined ? default : (found.GetProperty("status").GetString(), found.TryGetProperty("reason", out var reason) ? reason.GetString() : null);
    }
}
