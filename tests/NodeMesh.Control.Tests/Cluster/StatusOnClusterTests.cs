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

    [Fact]
    public async Task Route_IsToldPerParent_BesideWhatAnotherControllerSays()
    {
        await cluster.DefineAsync("gateway.networking.k8s.io", "v1beta1", "HTTPRoute", "httproutes");
        var (mesh, ns) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync());
        var routes = cluster.Admin.Resources(new KubernetesKind("gateway.networking.k8s.io", "v1beta1", "HTTPRoute", "httproutes", true)).InNamespace(ns);
        await cluster.ApplyAsync($$$$"""
            {"apiVersion":"gateway.networking.k8s.io/v1beta1","kind":"HTTPRoute","metadata":{"name":"r","namespace":"{{{{ns}}}}"},
             "spec":{"parentRefs":[{"name":"gw"},{"group":"","kind":"Service","name":"web"}],"rules":[{"backendRefs":[{"name":"web","port":80}]}]}}
            """);
        await routes.PatchStatusAsync(V1Patch.Merge("""{"status":{"parents":[{"parentRef":{"name":"gw"},"controllerName":"example.com/gateway","conditions":[]}]}}"""), "r");
        await using var control = await OnCluster.StartAsync(cluster, mesh);

        await Eventually.TrueAsync(async () => await ResolvedAsync(routes) is "False BackendNotFound", "the missing backend is told");
        await cluster.ApplyAsync($$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"{{{ns}}}"},"spec":{"ports":[{"port":80,"protocol":"TCP"}]}}""");
        await Eventually.TrueAsync(async () => await ResolvedAsync(routes) is "True ResolvedRefs", "the backend is found");

        var route = await routes.ReadAsync("r");
        var parents = route["status"]!.Value.GetProperty("parents").EnumerateArray().ToList();
        Assert.Equal(["example.com/gateway", "nodemesh.io/mesh-controller"], parents.Select(p => p.GetProperty("controllerName").GetString()));
        Assert.Equal("web", parents[1].GetProperty("parentRef").GetProperty("name").GetString());
        Assert.All(parents[1].GetProperty("conditions").EnumerateArray(), c => Assert.Equal(route.Metadata.Generation, c.GetProperty("observedGeneration").GetInt64()));
    }

    private static async Task<string?> ResolvedAsync(ResourceClient<KubernetesObject> routes)
    {
        var condition = (await routes.ReadAsync("r"))["status"]!.Value.GetProperty("parents").EnumerateArray()
            .Where(p => p.GetProperty("controllerName").GetString() == "nodemesh.io/mesh-controller")
            .SelectMany(p => p.GetProperty("conditions").EnumerateArray())
            .FirstOrDefault(c => c.GetProperty("type").GetString() == "ResolvedRefs");
        return condition.ValueKind == JsonValueKind.Undefined ? null : $"{condition.GetProperty("status").GetString()} {condition.GetProperty("reason").GetString()}";
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
