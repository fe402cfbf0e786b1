using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Testing;

namespace NodeMesh.Kubernetes.Tests.Authentication;

public sealed class CertificateTests(ApiServer api)
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task ExpiredClientCertificate_IsUnauthorized_AndARenewedOneGood()
    {
        using var folder = new TemporaryFolder();
        using var expired = Certificates.Issue(api.Cluster.Pki, "O=system:masters, CN=late", Now.AddDays(-2), Now.AddDays(-1), server: false);
        using var renewed = Certificates.Issue(api.Cluster.Pki, "O=system:masters, CN=late", Now.AddDays(-1), Now.AddDays(1), server: false);
        var configuration = api.Cluster.Anonymous() with
        {
            ClientCertificate = PemSource.FromFile(folder.Write("crt", expired.ExportCertificatePem())),
            ClientKey = PemSource.FromFile(folder.Write("key", Certificates.KeyPem(expired))),
        };
        using var client = new KubernetesClient(configuration);
        var namespaces = client.Resources(KubernetesKinds.Namespaces);
        var error = await Assert.ThrowsAsync<KubernetesException>(() => namespaces.ListAsync());
        Assert.True(error.IsUnauthorized);
        // The same client, without a restart: a new file means new connections.
        folder.Write("key", Certificates.KeyPem(renewed));
        folder.Write("crt", renewed.ExportCertificatePem());
        Assert.NotEmpty((await namespaces.ListAsync()).Items);
    }

    [Fact]
    public async Task RenewedClientCertificate_LeavesOpenWatchesRunning()
    {
        using var folder = new TemporaryFolder();
        var configuration = api.Cluster.Anonymous() with
        {
            ClientCertificate = PemSource.FromFile(folder.Write("crt", File.ReadAllText(Path.Combine(api.Cluster.Pki, "admin.crt")))),
            ClientKey = PemSource.FromFile(folder.Write("key", File.ReadAllText(Path.Combine(api.Cluster.Pki, "admin.key")))),
        };
        await using var relay = api.Cluster.AnotherRelay();
        var clock = new ManualTimeProvider(DateTimeOffset.UtcNow);
        using var client = new KubernetesClient(configuration with { Host = new Uri($"https://127.0.0.1:{relay.Port}") }, new KubernetesClientOptions { Time = clock });
        var secrets = client.Resources(KubernetesKinds.Secrets).InNamespace(await api.NamespaceAsync());
        await using var watch = secrets.WatchAsync((await secrets.ListAsync()).Metadata.ResourceVersion, null, Eventually.Limit).GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await secrets.CreateAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = "before" } });
        Assert.True(await next);

        using var renewed = Certificates.Issue(api.Cluster.Pki, "O=system:masters, CN=renewed", Now.AddDays(-1), Now.AddDays(1), server: false);
        folder.Write("key", Certificates.KeyPem(renewed));
        folder.Write("crt", renewed.ExportCertificatePem());
        clock.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(1, relay.Accepted);
        await secrets.CreateAsync(new V1Secret { Metadata = new V1ObjectMeta { Name = "after" } });
        Assert.Equal(2, relay.Accepted);
        Assert.True(await watch.MoveNextAsync());
        Assert.Equal("after", watch.Current.Object!.Metadata.Name);
    }

    [Fact]
    public async Task ExpiredServerCertificate_IsToldWithItsTime()
    {
        using var certificate = Certificates.Issue(api.Cluster.Pki, "CN=old-server", Now.AddDays(-2), Now.AddDays(-1), server: true);
        var message = await RefusalAsync(certificate, api.Cluster.Anonymous());
        Assert.Contains("CN=old-server) expired at", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ServerCertificateOfTomorrow_IsTold()
    {
        using var certificate = Certificates.Issue(api.Cluster.Pki, "CN=early", Now.AddHours(2), Now.AddDays(1), server: true);
        Assert.Contains("is good from", await RefusalAsync(certificate, api.Cluster.Anonymous()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ClientCertificateAsServer_IsNotTaken()
    {
        using var certificate = Certificates.Issue(api.Cluster.Pki, "CN=client", Now.AddDays(-1), Now.AddDays(1), server: false);
        var message = await RefusalAsync(certificate, api.Cluster.Anonymous() with { TlsServerName = "client" });
        Assert.Contains("CN=client, by CN=ca) is not of a trusted authority", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OtherAuthority_IsNotTrusted()
    {
        using var client = new KubernetesClient(api.Cluster.Admin() with { CertificateAuthority = PemSource.FromFile(Path.Combine(api.Cluster.Pki, "front-proxy-ca.crt")) });
        var error = await Assert.ThrowsAsync<KubernetesConnectionException>(() => client.GetVersionAsync());
        Assert.Contains("is not of a trusted authority", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AuthorityFile_IsReadAgainWhenItChanges()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("ca.crt", File.ReadAllText(Path.Combine(api.Cluster.Pki, "front-proxy-ca.crt")));
        using var client = new KubernetesClient(api.Cluster.Admin() with { CertificateAuthority = PemSource.FromFile(file) });
        await Assert.ThrowsAsync<KubernetesConnectionException>(() => client.GetVersionAsync());
        folder.Write("ca.crt", File.ReadAllText(Path.Combine(api.Cluster.Pki, "ca.crt")));
        Assert.NotNull(await client.GetVersionAsync());
    }

    [Fact]
    public async Task WrongName_IsToldWithTheCertificatesNames_AndTlsServerNameChooses()
    {
        using var wrong = new KubernetesClient(api.Cluster.Admin() with { TlsServerName = "elsewhere.example" });
        var error = await Assert.ThrowsAsync<KubernetesConnectionException>(() => wrong.GetVersionAsync());
        Assert.Contains("is not for elsewhere.example", error.Message, StringComparison.Ordinal);
        Assert.Contains("kubernetes.default.svc", error.Message, StringComparison.Ordinal);
        using var right = new KubernetesClient(api.Cluster.Admin() with { TlsServerName = "kubernetes.default.svc" });
        Assert.NotNull(await right.GetVersionAsync());
        using var careless = new KubernetesClient(api.Cluster.Admin() with { TlsServerName = "elsewhere.example", SkipTlsVerify = true });
        Assert.NotNull(await careless.GetVersionAsync());
    }

    private static async Task<string> RefusalAsync(X509Certificate2 certificate, KubernetesClientConfiguration configuration)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using var client = new KubernetesClient(configuration with { Host = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndPoint!).Port}") });
        var asking = client.GetVersionAsync();
        using var accepted = await listener.AcceptAsync();
        await using var tls = new SslStream(new NetworkStream(accepted));
        try
        {
            await tls.AuthenticateAsServerAsync(certificate);
        }
        catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
        {
            // The client's refusal.
        }

        return (await Assert.ThrowsAsync<KubernetesConnectionException>(() => asking)).Message;
    }
}
