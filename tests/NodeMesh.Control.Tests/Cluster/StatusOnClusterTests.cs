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

    [Fact]
    public async Task SameNameInTwoGroups_EachIsToldItsOwn()
    {
        await cluster.DefineAsync("gateway.networking.k8s.io", "v1alpha2", "TCPRoute", "tcproutes");
        await cluster.DefineAsync("specs.smi-spec.io", "v1alpha4", "TCPRoute", "tcproutes");
        var (mesh, ns) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync());
        var gateway = cluster.Admin.Resources(new KubernetesKind("gateway.networking.k8s.io", "v1alpha2", "TCPRoute", "tcproutes", true)).InNamespace(ns);
        var smi = cluster.Admin.Resources(new KubernetesKind("specs.smi-spec.io", "v1alpha4", "TCPRoute", "tcproutes", true)).InNamespace(ns);
        await cluster.ApplyAsync($$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"{{{ns}}}"},"spec":{"ports":[{"port":80,"protocol":"TCP"}]}}""");
        await cluster.ApplyAsync($$$$"""
            {"apiVersion":"gateway.networking.k8s.io/v1alpha2","kind":"TCPRoute","metadata":{"name":"r","namespace":"{{{{ns}}}}"},
             "spec":{"parentRefs":[{"group":"","kind":"Service","name":"web"}],"rules":[{"backendRefs":[{"name":"web","port":80}]}]}}
            """);
        await cluster.ApplyAsync($$$$"""{"apiVersion":"specs.smi-spec.io/v1alpha4","kind":"TCPRoute","metadata":{"name":"r","namespace":"{{{{ns}}}}"},"spec":{"matches":{"ports":["eighty"]}}}""");
        await using var control = await OnCluster.StartAsync(cluster, mesh);

        await Eventually.TrueAsync(async () => await ResolvedAsync(gateway) is "True ResolvedRefs", "the Gateway API's route is told of its parent");
        await Eventually.TrueAsync(async () => (await smi.ReadAsync("r"))["status"]?.TryGetProperty("conditions", out _) == true, "SMI's is told of itself");

        Assert.False((await gateway.ReadAsync("r"))["status"]!.Value.TryGetProperty("conditions", out _));
        Assert.False((await smi.ReadAsync("r"))["status"]!.Value.TryGetProperty("parents", out _));
        Assert.Equal("False", (await smi.ReadAsync("r"))["status"]!.Value.GetProperty("conditions")[0].GetProperty("status").GetString());
    }

    [Fact]
    public async Task RouteThatIsNotServed_IsNotAccepted()
    {
        await cluster.DefineAsync("gateway.networking.k8s.io", "v1alpha2", "UDPRoute", "udproutes");
        var (mesh, ns) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync());
        var routes = cluster.Admin.Resources(new KubernetesKind("gateway.networking.k8s.io", "v1alpha2", "UDPRoute", "udproutes", true)).InNamespace(ns);
        await cluster.ApplyAsync($$$$"""
            {"apiVersion":"gateway.networking.k8s.io/v1alpha2","kind":"UDPRoute","metadata":{"name":"r","namespace":"{{{{ns}}}}"},
             "spec":{"parentRefs":[{"group":"","kind":"Service","name":"dns"}],"rules":[{"backendRefs":[{"name":"dns","port":53}]}]}}
            """);
        await using var control = await OnCluster.StartAsync(cluster, mesh);

        await Eventually.TrueAsync(
            async () => (await routes.ReadAsync("r"))["status"] is { } status && status.TryGetProperty("parents", out var parents) && parents.GetArrayLength() == 1
                && parents[0].GetProperty("conditions")[0] is var accepted && accepted.GetProperty("type").GetString() == "Accepted" && accepted.GetProperty("status").GetString() == "False"
                && accepted.GetProperty("reason").GetString() == "UnsupportedValue",
            "the route is not accepted");
    }

    [Fact]
    public async Task RouteThatCannotBeRead_IsNotAcceptedByItsParentsOfTheMesh()
    {
        await cluster.DefineAsync("gateway.networking.k8s.io", "v1alpha2", "TCPRoute", "tcproutes");
        var (mesh, ns) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync());
        var routes = cluster.Admin.Resources(new KubernetesKind("gateway.networking.k8s.io", "v1alpha2", "TCPRoute", "tcproutes", true)).InNamespace(ns);
        await cluster.ApplyAsync($$$"""
            {"apiVersion":"gateway.networking.k8s.io/v1alpha2","kind":"TCPRoute","metadata":{"name":"r","namespace":"{{{ns}}}"},
             "spec":{"parentRefs":[{"name":"gw"},{"group":"","kind":"Service","name":"web","port":80}],"rules":"all of them"}}
            """);
        await using var control = await OnCluster.StartAsync(cluster, mesh);

        await Eventually.TrueAsync(async () => (await routes.ReadAsync("r"))["status"] is { } status && status.TryGetProperty("parents", out _), "the route's parent is told");
        var status = (await routes.ReadAsync("r"))["status"]!.Value;
        var parent = Assert.Single(status.GetProperty("parents").EnumerateArray());
        Assert.Equal(("web", 80), (parent.GetProperty("parentRef").GetProperty("name").GetString(), parent.GetProperty("parentRef").GetProperty("port").GetInt32()));
        var accepted = Assert.Single(parent.GetProperty("conditions").EnumerateArray());
        Assert.Equal(("Accepted", "False", "UnsupportedValue"), (accepted.GetProperty("type").GetString(), accepted.GetProperty("status").GetString(), accepted.GetProperty("reason").GetString()));
        Assert.StartsWith("spec.rules: ", accepted.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.False(status.TryGetProperty("conditions", out _), "the kind has no conditions beside its parents'");
    }

    [Fact]
    public async Task KindOfOurOwn_HasConditions()
    {
        await cluster.DefineAsync("nodemesh.io", "v1alpha1", "RateLimitPolicy", "ratelimitpolicies");
        var (mesh, ns) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync());
        var policies = cluster.Admin.Resources(new KubernetesKind("nodemesh.io", "v1alpha1", "RateLimitPolicy", "ratelimitpolicies", true)).InNamespace(ns);
        await cluster.ApplyAsync($$$$"""{"apiVersion":"nodemesh.io/v1alpha1","kind":"RateLimitPolicy","metadata":{"name":"p","namespace":"{{{{ns}}}}"},"spec":{"limit":"much"}}""");
        await using var control = await OnCluster.StartAsync(cluster, mesh);

        await Eventually.TrueAsync(async () => await ConditionAsync(policies, "Accepted") is ("False", "Invalid"), "the policy is refused");
    }

    [Fact]
    public async Task KindWithoutStatus_IsToldByEvents_OnceForEachWord()
    {
        await cluster.DefineAsync("split.smi-spec.io", "v1alpha4", "TrafficSplit", "trafficsplits", status: false);
        var (mesh, ns) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync());
        var events = cluster.Admin.Resources(new KubernetesKind("", "v1", "Event", "events", true)).InNamespace(ns);
        await cluster.ApplyAsync($$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"{{{ns}}}"},"spec":{"ports":[{"port":80,"protocol":"TCP"}]}}""");
        await cluster.ApplyAsync(Split(ns, 0));
        async Task<List<(string Type, string Message)>> ToldAsync() =>
        [
            .. (await events.ListAsync()).Items.Where(e => e["involvedObject"]!.Value.GetProperty("kind").GetString() == "TrafficSplit")
                .Select(e => (e["type"]!.Value.GetString()!, e["message"]!.Value.GetString()!)),
        ];

        await using (await OnCluster.StartAsync(cluster, mesh, "one"))
        {
            await Eventually.TrueAsync(async () => (await ToldAsync()).Count > 0, "the split is refused in an Event");
        }

        var (type, message) = Assert.Single(await ToldAsync());
        Assert.Equal("Warning", type);
        Assert.Contains("no backend has a weight", message, StringComparison.Ordinal);

        // The next leader has nothing new to tell, until the split says something else.
        await using var next = await OnCluster.StartAsync(cluster, mesh, "two");
        await cluster.ApplyAsync(Split(ns, 0, "no-such-backend"));
        await Eventually.TrueAsync(async () => (await ToldAsync()).Count(e => e.Type == "Warning") > 1, "what else is wrong is told");
        await cluster.ApplyAsync(Split(ns, 5));
        await Eventually.TrueAsync(async () => (await ToldAsync()).Exists(e => e.Type == "Normal"), "that it was mended is told");
        Assert.Equal(2, (await ToldAsync()).Count(e => e.Type == "Warning"));
    }

    private static string Split(string ns, int weight, string backend = "web") => $$$$"""
        {"apiVersion":"split.smi-spec.io/v1alpha4","kind":"TrafficSplit","metadata":{"name":"s","namespace":"{{{{ns}}}}"},
         "spec":{"service":"web","backends":[{"service":"{{{{backend}}}}","weight":{{{{weight}}}}}]}}
        """;

    private static async Task<string?> ResolvedAsync(ResourceClient<KubernetesObject> routes)
    {
        if ((await routes.ReadAsync("r"))["status"] is not { } status || !status.TryGetProperty("parents", out var parents))
        {
            return null;
        }

        var condition = parents.EnumerateArray()
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
