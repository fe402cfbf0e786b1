using NodeMesh.Control.Sources;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>A control plane whose account may not read some kind, on a real API server with RBAC.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class RefusedKindTests(ClusterFixture cluster)
{
    [Fact]
    public async Task OptionalKind_ThatMayNotBeRead_IsGoneWithout()
    {
        var user = await UserAsync("networkpolicies");
        await using var follower = new MeshFollower(Configuration(user));
        await follower.UntilAsync(_ => true, "there is a mesh without EndpointSlices");
        Assert.Null(((IObservableSource)follower.Source).Obstacle);
    }

    [Fact]
    public async Task NeededKind_ThatMayNotBeRead_KeepsTheControlPlaneWaiting_AndItSaysWhy()
    {
        var user = await UserAsync("endpointslices");
        await using var follower = new MeshFollower(Configuration(user));
        await Eventually.TrueAsync(() => ((IObservableSource)follower.Source).Obstacle is not null, "the control plane says what it may not read");
        var sentence = ((IObservableSource)follower.Source).Obstacle;
        Assert.Contains("networkpolicies", sentence, StringComparison.Ordinal);
        Assert.Contains("grant", sentence, StringComparison.Ordinal);
        Assert.Null(follower.Mesh);

        await GrantAsync(user, "endpointslices", "networkpolicies");
        await follower.UntilAsync(_ => true, "there is a mesh once NetworkPolicies may be read");
        Assert.Null(((IObservableSource)follower.Source).Obstacle);
    }

    private KubernetesClientConfiguration Configuration(string user) => cluster.Cluster.Admin() with { Impersonate = new Impersonation(user) };

    private async Task<string> UserAsync(params string[] kinds)
    {
        var user = ClusterFixture.Unique("reader");
        await GrantAsync(user, kinds);
        await cluster.ApplyAsync($$"""
            {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"{{user}}"},
             "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"{{user}}"},"subjects":[{"apiGroup":"rbac.authorization.k8s.io","kind":"User","name":"{{user}}"}]}
            """);
        return user;
    }

    // Kinds that other tests of the collection have defined are there too.
    private Task<KubernetesObject> GrantAsync(string user, params string[] kinds) => cluster.ApplyAsync($$"""
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"{{user}}"},"rules":[
         {"apiGroups":["","discovery.k8s.io","networking.k8s.io"],"resources":["namespaces","nodes","pods","services","serviceaccounts",{{string.Join(',', kinds.Select(k => $"\"{k}\""))}}],"verbs":["get","list","watch"]},
         {"apiGroups":["security.istio.io","networking.istio.io","telemetry.istio.io","extensions.istio.io","gateway.networking.k8s.io","nodemesh.io","policy.nodemesh.io","access.smi-spec.io","specs.smi-spec.io","split.smi-spec.io"],"resources":["*"],"verbs":["get","list","watch"]}]}
        """);
}
