using System.Collections.Immutable;
using System.Net.Sockets;
using NodeMesh.Grpc;
using NodeMesh.Identity;
using NodeMesh.Model;

namespace NodeMesh.Control.Tests;

public sealed class CertificateServiceTests
{
    private const string Web = "spiffe://cluster.local/ns/shop/sa/web";
    private const string Opaque = "request authenticate failure";

    private static async Task<ControlFixture> StartAsync()
    {
        var control = await ControlFixture.StartAsync();
        control.Source.Publish(Meshes.Of(Meshes.Pod("web-1", "node-1", "web", "10.244.1.5"), Meshes.Pod("db-1", "node-2", "db", "10.244.2.5")) with
        {
            Placements = ImmutableHashSet.Create(new WorkloadPlacement("node-1", "shop", "starting")),
        });
        using var http = new HttpClient();
        using var patience = new CancellationTokenSource(ControlFixture.Patience);
        while (!(await http.GetAsync(new Uri($"http://{control.Host.MetricsEndPoint}/healthz"), patience.Token)).IsSuccessStatusCode)
        {
            await Task.Delay(10, patience.Token);
        }

        return control;
    }

    private static PeerCertificate Verify(ControlFixture control, string leafPem)
    {
        using var leaf = System.Security.Cryptography.X509Certificates.X509Certificate2.CreateFromPem(leafPem);
        return TrustBundle.FromPem(control.Host.RootsPem).Verify(leaf, [], DateTimeOffset.UtcNow, PeerUsage.Server);
    }

    [Fact]
    public async Task Create_ForAPodOfTheNode_CertifiesThatIdentityAloneAndGivesTheRoots()
    {
        await using var control = await StartAsync();

        var response = await control.RequestCertificateAsync("secret-1", Web);

        var peer = Verify(control, response.CertChain[0]);
        Assert.Equal([Web], peer.Uris);
        Assert.Equal(control.Host.RootsPem, response.CertChain[^1]);
    }

    [Fact]
    public async Task Create_ForAPodWithoutAddressYet_IsGrantedByPlacement()
    {
        await using var control = await StartAsync();

        var response = await control.RequestCertificateAsync("secret-1", "spiffe://cluster.local/ns/shop/sa/starting");

        Assert.Equal(["spiffe://cluster.local/ns/shop/sa/starting"], Verify(control, response.CertChain[0]).Uris);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("spiffe://cluster.local/ns/nodemesh-system/sa/nodemesh-proxy")]
    public async Task Create_ForTheProxyItself_CarriesTheNodeOfTheToken(string? identity)
    {
        await using var control = await StartAsync();

        var response = await control.RequestCertificateAsync("secret-2", identity);

        Assert.Equal(
            ["spiffe://cluster.local/ns/nodemesh-system/sa/nodemesh-proxy", "spiffe://cluster.local/node/node-2"],
            Verify(control, response.CertChain[0]).Uris);
    }

    [Theory]
    [InlineData("secret-1", GrpcStatusCode.Unavailable)]
    [InlineData("stolen", GrpcStatusCode.Unauthenticated)]
    public async Task Create_BeforeTheConfigurationWasRead_AsksKnownNodesToComeAgain(string token, GrpcStatusCode status)
    {
        await using var control = await ControlFixture.StartAsync();

        var error = await Assert.ThrowsAsync<GrpcException>(() => control.RequestCertificateAsync(token, Web));

        Assert.Equal(status, error.Code);
    }

    [Theory]
    [InlineData("secret-1", "spiffe://cluster.local/ns/shop/sa/db")]
    [InlineData("secret-2", Web)]
    [InlineData("secret-1", "spiffe://cluster.local/ns/shop/sa/nobody")]
    [InlineData("secret-1", "spiffe://other.domain/ns/shop/sa/web")]
    [InlineData("secret-1", "spiffe://cluster.local/node/node-1")]
    [InlineData("secret-1", "spiffe://cluster.local/node/node-2")]
    [InlineData("secret-1", "web")]
    [InlineData("wrong", Web)]
    [InlineData(null, Web)]
    [InlineData(null, null)]
    public async Task Create_NotForThisNode_GetsTheOneOpaqueAnswer(string? token, string? identity)
    {
        await using var control = await StartAsync();

        var error = await Assert.ThrowsAsync<GrpcException>(() => control.RequestCertificateAsync(token, identity));

        Assert.Equal((GrpcStatusCode.Unauthenticated, Opaque), (error.Code, error.Detail));
    }

    [Fact]
    public async Task Create_BrokenRequest_GetsTheOneOpaqueAnswer()
    {
        await using var control = await StartAsync();

        var error = await Assert.ThrowsAsync<GrpcException>(() => control.RequestCertificateAsync("secret-1", Web, csr: "nonsense"));

        Assert.Equal((GrpcStatusCode.Unauthenticated, Opaque), (error.Code, error.Detail));
    }

    [Fact]
    public async Task Create_PodDeleted_IsNoLongerGranted()
    {
        using var end = new CancellationTokenSource(ControlFixture.Patience);
        await using var control = await StartAsync();
        control.Source.Publish(Meshes.Of());

        while (true)
        {
            try
            {
                await control.RequestCertificateAsync("secret-1", Web);
                await Task.Delay(10, end.Token);
            }
            catch (GrpcException e)
            {
                Assert.Equal(GrpcStatusCode.Unauthenticated, e.Code);
                return;
            }
        }
    }

    [Theory]
    [InlineData(600, 600)]
    [InlineData(0, 7200)]
    [InlineData(long.MaxValue, 7200)]
    [InlineData(-5, 7200)]
    public async Task Create_LifetimeAskedFor_IsCutAtTheConfiguredOne(long asked, long given)
    {
        await using var control = await StartAsync();

        var response = await control.RequestCertificateAsync("secret-1", Web, seconds: asked);

        var left = Verify(control, response.CertChain[0]).NotAfter - DateTimeOffset.UtcNow;
        Assert.InRange(left.TotalSeconds, given - 60, given + 1);
    }

    [Fact]
    public async Task Port_PlaintextGarbage_DoesNotDisturbOthers()
    {
        await using var control = await StartAsync();
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(control.Host.DiscoveryEndPoint);
        await socket.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());

        var response = await control.RequestCertificateAsync("secret-1", Web);

        Assert.NotEmpty(response.CertChain);
    }
}
