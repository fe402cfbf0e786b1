using NodeMesh.Control.Cluster;
using NodeMesh.Grpc;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>The whole control plane against a real API server: who gets which identity, and what the leader does.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class ControlOnClusterTests(ClusterFixture cluster)
{
    private const string Proxy = OnCluster.Proxy;

    [Fact]
    public async Task BoundTokenOfAProxy_GetsIdentitiesOfItsNodeAlone()
    {
        var (mesh, shop, node) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync(), ClusterFixture.Unique("node"));
        var token = await TokenAsync(mesh, node, Proxy);
        await cluster.ApplyAsync(ClusterFixture.Pod(shop, "here", "10.41.0.1", $$"""{"nodeName":"{{node}}","serviceAccountName":"web"}"""));
        await cluster.ApplyAsync(ClusterFixture.Pod(shop, "there", "10.41.0.2", """{"nodeName":"elsewhere","serviceAccountName":"db"}"""));
        await using var control = await StartAsync(mesh);

        await Eventually.TrueAsync(async () => await SignsAsync(control, token, $"spiffe://cluster.local/ns/{shop}/sa/web"), "the identity of a pod on the node is signed");
        Assert.True(await SignsAsync(control, token, null));
        await RefusedAsync(control, token, $"spiffe://cluster.local/ns/{shop}/sa/db");
        await RefusedAsync(control, token, $"spiffe://cluster.local/ns/{shop}/sa/nobody");
    }

    [Fact]
    public async Task OtherTokens_GetNothing()
    {
        var (mesh, node) = (await cluster.NamespaceAsync(meshed: false), ClusterFixture.Unique("node"));
        await TokenAsync(mesh, node, Proxy);
        await using var control = await StartAsync(mesh);

        var unbound = await cluster.Admin.RequestTokenAsync(mesh, Proxy, new V1TokenRequestSpec { Audiences = [TokenReviewer.Audience] });
        await RefusedAsync(control, unbound.Token, null);
        await RefusedAsync(control, await TokenAsync(mesh, node, Proxy, audience: "somebody-else"), null);
        await RefusedAsync(control, await TokenAsync(mesh, node, "another-account"), null);
        await RefusedAsync(control, "not.a.token", null);
        await RefusedAsync(control, null, null);
    }

    [Fact]
    public async Task TokenOfADeletedPod_EndsWithIt()
    {
        var (mesh, node) = (await cluster.NamespaceAsync(meshed: false), ClusterFixture.Unique("node"));
        var token = await TokenAsync(mesh, node, Proxy);
        await using var control = await StartAsync(mesh);
        Assert.True(await SignsAsync(control, token, null));
        var pods = cluster.Admin.Resources(KubernetesKinds.Pods).InNamespace(mesh);
        foreach (var pod in (await pods.ListAsync()).Items)
        {
            await pods.DeleteAsync(pod.Metadata.Name!, new V1DeleteOptions { GracePeriodSeconds = 0 });
        }

        await Eventually.TrueAsync(async () => !await SignsAsync(control, token, null), "the token is good for nothing");
    }

    [Fact]
    public async Task Proxy_ReceivesTheClusterOverDiscovery()
    {
        var (mesh, shop, node) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync(), ClusterFixture.Unique("node"));
        var token = await TokenAsync(mesh, node, Proxy);
        await using var control = await StartAsync(mesh);
        var recorder = new MeshRecorder();
        using var stop = new CancellationTokenSource();
        var running = control.Client(recorder, token).RunAsync(stop.Token);

        await cluster.ApplyAsync(ClusterFixture.Pod(shop, "a", "10.41.0.3"));
        await Eventually.TrueAsync(() => recorder.Workload($"Kubernetes//Pod/{shop}/a") is not null, "the pod is discovered");
        await cluster.DeleteAsync("v1", "Pod", shop, "a");
        await Eventually.TrueAsync(() => recorder.Workload($"Kubernetes//Pod/{shop}/a") is null, "the pod is gone");

        await stop.CancelAsync();
        await Task.WhenAny(running);
    }

    [Fact]
    public async Task Replicas_HaveOneCa_AndAnotherLeadsWhenOneStops()
    {
        var mesh = await cluster.NamespaceAsync(meshed: false);
        var maps = cluster.Admin.Resources(KubernetesKinds.ConfigMaps);
        var both = await Task.WhenAll(StartAsync(mesh, "one"), StartAsync(mesh, "two"));
        await using var one = both[0];
        await using var two = both[1];
        Assert.Equal(one.Host.RootsPem, two.Host.RootsPem);
        await Eventually.TrueAsync(async () => await RootsAsync(maps, mesh) == one.Host.RootsPem, "the roots are in the namespace");

        var leases = cluster.Admin.Resources(KubernetesKinds.Leases).InNamespace(mesh);
        var leader = (await leases.ReadAsync(LeaderLoop.LeaseName)).Spec!.HolderIdentity;
        await (leader == "one" ? one : two).Host.StopAsync();

        // What somebody else wrote over is mended, and a new namespace gets its own: by the other replica.
        await maps.InNamespace(mesh).PatchAsync(V1Patch.Merge("""{"data":{"root-cert.pem":"nonsense"}}"""), TrustBundlePublisher.Name);
        await Eventually.TrueAsync(async () => await RootsAsync(maps, mesh) == two.Host.RootsPem, "the roots are mended");
        var later = await cluster.NamespaceAsync();
        await Eventually.TrueAsync(async () => await RootsAsync(maps, later) == two.Host.RootsPem, "the new namespace has the roots");
        Assert.NotEqual(leader, (await leases.ReadAsync(LeaderLoop.LeaseName)).Spec!.HolderIdentity);
    }

    private static async Task<string?> RootsAsync(ResourceClient<V1ConfigMap> maps, string ns) => (await maps.InNamespace(ns).FindAsync(TrustBundlePublisher.Name))?.Data?[TrustBundlePublisher.Key];

    private static async Task<bool> SignsAsync(ControlFixture control, string token, string? identity)
    {
        try
        {
            return (await control.RequestCertificateAsync(token, identity)).CertChain.Count > 0;
        }
        catch (GrpcException e) when (e.Code is GrpcStatusCode.Unauthenticated or GrpcStatusCode.Unavailable)
        {
            return false;
        }
    }

    private static async Task RefusedAsync(ControlFixture control, string? token, string? identity) =>
        Assert.Equal(GrpcStatusCode.Unauthenticated, (await Assert.ThrowsAsync<GrpcException>(() => control.RequestCertificateAsync(token, identity))).Code);

    private Task<ControlFixture> StartAsync(string mesh, string identity = "") => OnCluster.StartAsync(cluster, mesh, identity);

    private Task<string> TokenAsync(string mesh, string node, string account, string audience = TokenReviewer.Audience) => OnCluster.TokenAsync(cluster, mesh, node, account, audience);
}
