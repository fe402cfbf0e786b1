using System.Net.Sockets;
using NodeMesh.Control.Cluster;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>Of two control planes the leader dies without a word: what it did goes on.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class FailoverTests(ClusterFixture cluster)
{
    [Fact]
    public async Task LeaderDies_StreamsMoveOn_TheLeaseIsTaken_AndStatusGoesOn()
    {
        await cluster.DefineAsync("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications");
        var (mesh, shop, node) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync(), ClusterFixture.Unique("node"));
        var token = await OnCluster.TokenAsync(cluster, mesh, node);
        await using var apiOfOne = cluster.Cluster.AnotherRelay();
        await using var one = await OnCluster.StartAsync(cluster, mesh, "one", apiOfOne);
        var leases = cluster.Admin.Resources(KubernetesKinds.Leases).InNamespace(mesh);
        await Eventually.TrueAsync(async () => (await leases.FindAsync(LeaderLoop.LeaseName))?.Spec?.HolderIdentity == "one", "the first leads");
        await using var two = await OnCluster.StartAsync(cluster, mesh, "two");

        // What a Service is: it leads to whoever is there.
        var target = one;
        await using var service = new Relay(async ct =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(target.Host.DiscoveryEndPoint, ct);
            return socket;
        });
        var recorder = new MeshRecorder();
        using var stop = new CancellationTokenSource();
        var stream = one.Client(recorder, token, service.Port).RunAsync(stop.Token);
        await cluster.ApplyAsync(ClusterFixture.Pod(shop, "before", "10.44.0.1"));
        await Eventually.TrueAsync(() => recorder.Workload($"Kubernetes//Pod/{shop}/before") is not null, "the first serves the proxy");
        await ToldAsync(shop, "before");

        target = two;
        apiOfOne.Refuse = true;
        apiOfOne.Cut();
        service.Cut();

        await cluster.ApplyAsync(ClusterFixture.Pod(shop, "after", "10.44.0.2"));
        await Eventually.TrueAsync(() => recorder.Workload($"Kubernetes//Pod/{shop}/after") is not null, "the second serves the proxy");
        Assert.NotNull(recorder.Workload($"Kubernetes//Pod/{shop}/before"));
        Assert.Single(two.Host.Proxies);
        Assert.NotEmpty((await two.RequestCertificateAsync(token, null)).CertChain);
        await Eventually.TrueAsync(async () => (await leases.ReadAsync(LeaderLoop.LeaseName)).Spec!.HolderIdentity == "two", "the second leads");
        await ToldAsync(shop, "after");

        await stop.CancelAsync();
        await Task.WhenAny(stream);
    }

    private async Task ToldAsync(string ns, string name)
    {
        await cluster.ApplyAsync($$$"""{"apiVersion":"security.istio.io/v1beta1","kind":"PeerAuthentication","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}"},"spec":{"mtls":{"mode":"STRICT"} } }""");
        var policies = cluster.Admin.Resources(new KubernetesKind("security.istio.io", "v1beta1", "PeerAuthentication", "peerauthentications", true)).InNamespace(ns);
        await Eventually.TrueAsync(
            async () => (await policies.ReadAsync(name))["status"] is { } status && status.TryGetProperty("conditions", out var conditions) && conditions.GetArrayLength() > 0,
            $"{name} is told what became of it");
    }
}
