using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeMesh.Identity;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>TLS that the client's node speaks to servers outside the mesh, seen by OpenSSL's own server.</summary>
public sealed class TlsOriginationTests : IDisposable
{
    private const string Host = "api.example.com";
    private static readonly IPAddress Vip = IPAddress.Parse("240.240.0.5");
    private readonly TlsFiles _files = new();

    public TlsOriginationTests()
    {
        _files.Issue("server", Host);
        _files.Issue("client", "client.example.com");
    }

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Simple_WithTheRightCertificate_Connects()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var client = await StartAsync(mesh, new ClientTls { Mode = ClientTlsMode.Simple, CaCertificates = _files.Authority });
        Assert.Equal("cba", await ReverseAsync(client, "abc"));
    }

    [Theory]
    [InlineData("other.example.com", true, ConnectionEndReason.IdentityMismatch)]
    [InlineData(Host, false, ConnectionEndReason.TlsFailed)]
    public async Task Simple_WithAnotherNameOrAuthority_IsRefused(string name, bool isTrusted, object reason)
    {
        await using var mesh = await TestMesh.CreateAsync();
        var client = await StartAsync(mesh, new ClientTls { Mode = ClientTlsMode.Simple, CaCertificates = isTrusted ? _files.Authority : "system", SubjectAltNames = [name] });
        await TestMesh.AssertRefusedAsync(client, Vip, 80);
        await Eventually.TrueAsync(() => mesh.Node1.Records.Ended.Any(r => r.EndReason == (ConnectionEndReason)reason), $"no connection was refused for {reason}");
    }

    [Fact]
    public async Task InsecureSkipVerify_TakesEveryCertificate()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var client = await StartAsync(mesh, new ClientTls { Mode = ClientTlsMode.Simple, InsecureSkipVerify = true });
        Assert.Equal("cba", await ReverseAsync(client, "abc"));
    }

    [Fact]
    public async Task Mutual_ShowsTheCertificateOfTheFiles()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var settings = new ClientTls { Mode = ClientTlsMode.Mutual, CaCertificates = _files.Authority, ClientCertificate = _files["client.pem"], PrivateKey = _files["client.key"] };
        var client = await StartAsync(mesh, settings, "-Verify", "1", "-verify_return_error", "-CAfile", _files.Authority);
        Assert.Equal("cba", await ReverseAsync(client, "abc"));
    }

    [Fact]
    public async Task Mutual_WithoutTheFiles_IsRefused()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var settings = new ClientTls { Mode = ClientTlsMode.Mutual, CaCertificates = _files.Authority, ClientCertificate = _files["nothing.pem"], PrivateKey = _files["client.key"] };
        var client = await StartAsync(mesh, settings);
        await TestMesh.AssertRefusedAsync(client, Vip, 80);
    }

    [Fact]
    public async Task IstioMutual_ShowsThePodsIdentityAndWantsTheEndpointsOwn()
    {
        await using var mesh = await TestMesh.CreateAsync();
        _files.Issue("server", mesh.Authority, "spiffe://cluster.local/ns/shop/sa/default");
        var client = await StartAsync(mesh, new ClientTls { Mode = ClientTlsMode.Mesh }, "-Verify", "2", "-verify_return_error", "-CAfile", _files["server.roots"]);
        Assert.Equal("cba", await ReverseAsync(client, "abc"));
    }

    [Fact]
    public async Task IstioMutual_WithNamesOfItsOwn_WantsOneOfThem()
    {
        await using var mesh = await TestMesh.CreateAsync();
        _files.Issue("server", mesh.Authority, "spiffe://cluster.local/ns/far/sa/api");
        var settings = new ClientTls { Mode = ClientTlsMode.Mesh, SubjectAltNames = ["spiffe://cluster.local/ns/far/sa/api"] };
        var client = await StartAsync(mesh, settings, "-Verify", "2", "-verify_return_error", "-CAfile", _files["server.roots"]);
        Assert.Equal("cba", await ReverseAsync(client, "abc"));
    }

    [Fact]
    public async Task IstioMutual_WithAnotherIdentity_IsRefused()
    {
        await using var mesh = await TestMesh.CreateAsync();
        _files.Issue("server", mesh.Authority, "spiffe://cluster.local/ns/shop/sa/somebody-else");
        var client = await StartAsync(mesh, new ClientTls { Mode = ClientTlsMode.Mesh });
        await TestMesh.AssertRefusedAsync(client, Vip, 80);
        await Eventually.TrueAsync(() => mesh.Node1.Records.Ended.Any(r => r.EndReason == ConnectionEndReason.IdentityMismatch), "no connection was refused for its identity");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task IstioMutual_WithACertificateThatIsNotTheMeshs_IsRefused(bool isOfAnotherMesh)
    {
        await using var mesh = await TestMesh.CreateAsync();
        using var other = CertificateAuthority.Create("cluster.local", TimeProvider.System);
        if (isOfAnotherMesh)
        {
            _files.Issue("server", other, "spiffe://cluster.local/ns/shop/sa/default");
        }

        var client = await StartAsync(mesh, new ClientTls { Mode = ClientTlsMode.Mesh });
        await TestMesh.AssertRefusedAsync(client, Vip, 80);
        await Eventually.TrueAsync(() => mesh.Node1.Records.Ended.Any(r => r.EndReason == ConnectionEndReason.TlsFailed), "no connection was refused for its authority");
    }

    [Fact]
    public async Task IstioMutual_WithAServerThatTrustsAnotherMesh_IsRefused()
    {
        await using var mesh = await TestMesh.CreateAsync();
        using var other = CertificateAuthority.Create("cluster.local", TimeProvider.System);
        _files.Issue("other", other, "spiffe://cluster.local/ns/shop/sa/default");
        _files.Issue("server", mesh.Authority, "spiffe://cluster.local/ns/shop/sa/default");
        var client = await StartAsync(mesh, new ClientTls { Mode = ClientTlsMode.Mesh }, "-Verify", "2", "-verify_return_error", "-CAfile", _files["other.roots"]);
        await TestMesh.AssertRefusedAsync(client, Vip, 80);
    }

    [Fact]
    public async Task Disable_SpeaksAsTheClientDoes()
    {
        await using var mesh = await TestMesh.CreateAsync();
        var client = await mesh.AddPodAsync("client", 1, 2);
        var outside = await mesh.AddPodAsync("outside", 0, 9);
        using var listener = await outside.ListenAsync(8443);
        Describe(mesh, outside, new ClientTls { Mode = ClientTlsMode.Disable });
        using var socket = await client.ConnectAsync(Vip, 80);
        await socket.SendAsync("hello"u8.ToArray());
        using var accepted = await TestMesh.AcceptAsync(listener);
        socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("hello", await TestMesh.ReadToEndAsync(accepted));
    }

    private static async Task<string> ReverseAsync(TestPod client, string text)
    {
        using var socket = await client.ConnectAsync(Vip, 80);
        await socket.SendAsync(Encoding.ASCII.GetBytes($"{text}\n"));
        var answer = new byte[text.Length];
        var read = 0;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (read < answer.Length)
        {
            var count = await socket.ReceiveAsync(answer.AsMemory(read), SocketFlags.None, limit.Token);
            Assert.True(count > 0, "the connection ended before the answer");
            read += count;
        }

        return Encoding.ASCII.GetString(answer);
    }

    private static void Describe(TestMesh mesh, TestPod outside, ClientTls tls)
    {
        var service = new Service { Name = "api", Namespace = "shop", Hostname = Host, Addresses = [Vip], Ports = [new ServicePort(80, 8443, AppProtocol.Tcp)], Canonical = false };
        mesh.State.Apply(new ModelChange
        {
            Services = [service],
            Workloads =
            [
                new Workload
                {
                    Uid = "outside", Name = "api", Namespace = "shop", Addresses = [outside.Address], Health = WorkloadHealth.Healthy,
                    Services = [new ServiceBinding(service.Key, [new ServicePort(80, 8443)])],
                },
            ],
            Routes = [new ServiceRoutes { Key = service.Key, TrafficPolicies = [new TrafficPolicy { Origin = new ResourceOrigin("DestinationRule", "shop", "api"), Settings = new TrafficSettings { Tls = tls } }] }],
        });
    }

    private async Task<TestPod> StartAsync(TestMesh mesh, ClientTls tls, params string[] options)
    {
        var client = await mesh.AddPodAsync("client", 1, 2);
        var outside = await mesh.AddPodAsync("outside", 0, 9);
        outside.Inside.Start("openssl", ["s_server", "-accept", "8443", "-rev", "-quiet", "-cert", _files["server.pem"], "-key", _files["server.key"], .. options]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while ((await outside.Inside.TryRunAsync("ss", "-Hltn", "sport", "=", ":8443")).Output.Length == 0)
        {
            await Task.Delay(50, limit.Token);
        }

        Describe(mesh, outside, tls);
        return client;
    }
}
