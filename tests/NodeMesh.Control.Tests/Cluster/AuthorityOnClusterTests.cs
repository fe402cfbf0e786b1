using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeMesh.Control.Cluster;
using NodeMesh.Identity;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Testing;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>An operator's Secret <c>cacerts</c>, on a real API server.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class AuthorityOnClusterTests(ClusterFixture cluster)
{
    [Fact]
    public async Task OperatorsIntermediate_IsUsed_AndRotatedUnderOpenConnections()
    {
        var (mesh, shop, node) = (await cluster.NamespaceAsync(meshed: false), await cluster.NamespaceAsync(), ClusterFixture.Unique("node"));
        var root = TestAuthority.Root(rsa: true);
        await StoreAsync(mesh, root.Intermediate("first", rsa: true).Files());
        var token = await OnCluster.TokenAsync(cluster, mesh, node);
        await using var control = await OnCluster.StartAsync(cluster, mesh);
        var (oldLeaf, oldChain) = await CertificateAsync(control, token);
        Assert.Equal("CN=first, O=Operator", Assert.Single(oldChain).Subject);
        Assert.Null(await cluster.Admin.Resources(KubernetesKinds.Secrets).InNamespace(mesh).FindAsync(AuthoritySecret.Name));
        var recorder = new MeshRecorder();
        using var stop = new CancellationTokenSource();
        var stream = control.Client(recorder, token).RunAsync(stop.Token);
        await Eventually.TrueAsync(() => control.Host.Proxies.Count == 1, "a proxy is connected");

        await StoreAsync(mesh, root.Intermediate("second").Files());
        (X509Certificate2 Leaf, ImmutableArray<X509Certificate2> Chain) renewed = default;
        await Eventually.TrueAsync(
            async () =>
            {
                // Each is a new connection, whose server shows a certificate of the one or the other intermediate.
                renewed = await CertificateAsync(control, token);
                return renewed.Chain[0].Subject == "CN=second, O=Operator";
            },
            "the next intermediate signs");

        var roots = TrustBundle.FromPem(control.Host.RootsPem);
        Assert.Equal(root.Certificate.Thumbprint, Assert.Single(roots.Roots).Thumbprint);
        foreach (var (leaf, chain) in new[] { (oldLeaf, oldChain), renewed })
        {
            Assert.NotNull(roots.Verify(leaf, chain, TimeProvider.System.GetUtcNow(), PeerUsage.Server));
        }

        await cluster.ApplyAsync(ClusterFixture.Pod(shop, "a", "10.43.0.1"));
        await Eventually.TrueAsync(() => recorder.Workload($"Kubernetes//Pod/{shop}/a") is not null, "the stream of before goes on");
        await stop.CancelAsync();
        await Task.WhenAny(stream);
    }

    [Fact]
    public async Task SecretThatCannotWork_IsRefusedAtTheStart_AndLaterLeavesWhatIsThere()
    {
        var mesh = await cluster.NamespaceAsync(meshed: false);
        var (root, node) = (TestAuthority.Root(), ClusterFixture.Unique("node"));
        var good = root.Intermediate("good").Files();
        var bad = new Dictionary<string, string>(good) { ["ca-key.pem"] = root.KeyPem };
        await StoreAsync(mesh, bad);
        var refused = await Assert.ThrowsAsync<CertificateAuthorityException>(() => OnCluster.StartAsync(cluster, mesh));
        Assert.StartsWith($"Secret {mesh}/cacerts: key ca-key.pem: is not the key of ca-cert.pem", refused.Message, StringComparison.Ordinal);

        await StoreAsync(mesh, good);
        var secret = OnCluster.Secret(cluster, mesh);
        using var authority = await secret.LoadAsync(CancellationToken.None);
        var before = authority.Bundle;
        await StoreAsync(mesh, bad);
        await Assert.ThrowsAsync<CertificateAuthorityException>(() => secret.FollowAsync(authority, CancellationToken.None));
        Assert.True(authority.Bundle.HasSameRoots(before));
        await StoreAsync(mesh, TestAuthority.Root("next").Files());
        await secret.FollowAsync(authority, CancellationToken.None);
        Assert.False(authority.Bundle.HasSameRoots(before));
    }

    [Fact]
    public async Task OwnSecretBesideTheOperators_StaysTrusted()
    {
        var mesh = await cluster.NamespaceAsync(meshed: false);
        var secret = OnCluster.Secret(cluster, mesh);
        using var authority = await secret.LoadAsync(CancellationToken.None);
        var own = Assert.Single(authority.Bundle.Roots).Thumbprint;
        var root = TestAuthority.Root();
        await StoreAsync(mesh, root.Intermediate("mesh").Files());

        await secret.FollowAsync(authority, CancellationToken.None);

        Assert.Equal([root.Certificate.Thumbprint, own], authority.Bundle.Roots.Select(r => r.Thumbprint));
        await cluster.Admin.Resources(KubernetesKinds.Secrets).InNamespace(mesh).DeleteAsync(AuthoritySecret.Name);
        await secret.FollowAsync(authority, CancellationToken.None);
        Assert.Equal([root.Certificate.Thumbprint], authority.Bundle.Roots.Select(r => r.Thumbprint));
    }

    private async Task StoreAsync(string mesh, Dictionary<string, string> files)
    {
        var secret = new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = AuthoritySecret.OperatorsName },
            Data = files.ToDictionary(f => f.Key, f => Encoding.UTF8.GetBytes(f.Value)),
        };
        await cluster.Admin.Resources(KubernetesKinds.Secrets).InNamespace(mesh).ApplyAsync(secret, new WriteOptions { FieldManager = "operator", Force = true });
    }

    private static async Task<(X509Certificate2 Leaf, ImmutableArray<X509Certificate2> Chain)> CertificateAsync(ControlFixture control, string token)
    {
        var answer = await control.RequestCertificateAsync(token, null);
        ImmutableArray<X509Certificate2> chain = [.. answer.CertChain.Take(answer.CertChain.Count - 1).Select(p => X509Certificate2.CreateFromPem(p))];
        return (chain[0], chain[1..]);
    }
}
