using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>Requests that a client sends in the clear and its node by TLS, to a server outside the mesh.</summary>
public sealed class HttpTlsTests : IDisposable
{
    private const string Host = "api.example.com";
    private readonly TlsFiles _files = new();

    public HttpTlsTests()
    {
        _files.Issue("server", Host);
        _files.Issue("client", "client.example.com");
    }

    public void Dispose() => _files.Dispose();

    [Theory]
    [InlineData(AppProtocol.Http11, HttpProtocols.Http1, "HTTP/1.1")]
    [InlineData(AppProtocol.Http2, HttpProtocols.Http2, "HTTP/2")]
    public async Task Requests_OfOneClient_ShareATlsConnection(AppProtocol port, HttpProtocols served, string protocol)
    {
        await using var mesh = await CreateAsync(port, Simple());
        await using var server = await StartAsync(mesh, context => context.Response.WriteAsync($"{context.Request.Protocol} {context.Request.Scheme} {context.Request.Host} {context.Request.Path}"), served);
        using var client = mesh.NewClient();

        for (var i = 0; i < 5; i++)
        {
            using var response = await client.GetAsync(new Uri($"/{i}", UriKind.Relative), TestContext.Current.CancellationToken);
            var body = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            var record = await mesh.Requests.WaitAsync($"/{i}");
            Assert.True($"{protocol} https {HttpMesh.Host} /{i}" == body, $"{body} {record.Details} {record.Error}");
        }

        Assert.Equal(1, server.Connections);
        Assert.Equal(200, (await mesh.Requests.WaitAsync("/4")).Status);
    }

    [Fact]
    public async Task Bodies_OfUnknownLength_PassWholeBothWays()
    {
        await using var mesh = await CreateAsync(AppProtocol.Http11, Simple());
        await using var server = await StartAsync(mesh, context => context.Request.Body.CopyToAsync(context.Response.Body));
        using var client = mesh.NewClient();
        var bytes = RandomNumberGenerator.GetBytes(3_000_000);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = new StreamContent(new MemoryStream(bytes)) };
        request.Headers.TransferEncodingChunked = true;

        using var response = await client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.True((await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).AsSpan().SequenceEqual(bytes));
    }

    [Fact]
    public async Task Answer_BeforeTheWholeRequest_ReachesTheClientAndTheNextRequestIsServed()
    {
        await using var mesh = await CreateAsync(AppProtocol.Http11, Simple());
        await using var server = await StartAsync(mesh, context =>
        {
            context.Response.StatusCode = context.Request.Method == "POST" ? 413 : 200;
            return Task.CompletedTask;
        });

        using var socket = await mesh.ConnectAsync();
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes($"POST /early HTTP/1.1\r\nHost: {HttpMesh.Host}\r\nContent-Length: 1000000\r\n\r\nx"));
        Assert.StartsWith("HTTP/1.1 413 ", await HttpMesh.ReadUntilAsync(socket, "\r\n\r\n"), StringComparison.Ordinal);
        using var client = mesh.NewClient();
        using var next = await client.GetAsync(new Uri("/next", UriKind.Relative), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task KeptConnection_ThatTheServerHasEnded_IsReplaced()
    {
        await using var mesh = await CreateAsync(AppProtocol.Http11, Simple());
        await using var server = await StartAsync(mesh, context =>
        {
            context.Response.Headers.Connection = context.Request.Path == "/last" ? "close" : default;
            return context.Response.WriteAsync("ok");
        });
        using var client = mesh.NewClient();

        foreach (var path in (string[])["/first", "/last", "/again"])
        {
            Assert.Equal("ok", await client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken));
        }

        Assert.Equal(2, server.Connections);
    }

    [Fact]
    public async Task Mutual_ShowsTheCertificateOfTheFiles()
    {
        await using var mesh = await CreateAsync(AppProtocol.Http11, new ClientTls
        {
            Mode = ClientTlsMode.Mutual,
            CaCertificates = _files.Authority,
            SubjectAltNames = [Host],
            ClientCertificate = _files["client.pem"],
            PrivateKey = _files["client.key"],
        });
        await using var server = await StartAsync(mesh, context => context.Response.WriteAsync(context.Connection.ClientCertificate?.Subject ?? "nobody"));
        using var client = mesh.NewClient();

        Assert.Equal("CN=client", await client.GetStringAsync(new Uri("/who", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task IstioMutual_ShowsThePodsIdentity()
    {
        await using var mesh = await CreateAsync(AppProtocol.Http11, new ClientTls { Mode = ClientTlsMode.Mesh });
        _files.Issue("server", mesh.Mesh.Authority, "spiffe://cluster.local/ns/shop/sa/default");
        await using var server = await StartAsync(mesh, context =>
            context.Response.WriteAsync(string.Join(' ', NodeMesh.Identity.SubjectNames.Uris(context.Connection.ClientCertificate!))));
        using var client = mesh.NewClient();

        Assert.Equal(mesh.Client.Identity.ToString(), await client.GetStringAsync(new Uri("/who", UriKind.Relative), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("other.example.com", true)]
    [InlineData(Host, false)]
    public async Task Server_ThatCannotProveWhoItIs_GetsNoRequest(string name, bool isTrusted)
    {
        await using var mesh = await CreateAsync(AppProtocol.Http11, new ClientTls { Mode = ClientTlsMode.Simple, CaCertificates = isTrusted ? _files.Authority : "system", SubjectAltNames = [name] });
        var reached = 0;
        await using var server = await StartAsync(mesh, _ =>
        {
            Interlocked.Increment(ref reached);
            return Task.CompletedTask;
        });
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/secret", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        var record = await mesh.Requests.WaitAsync("/secret");
        Assert.Contains("TLS to", record.Error, StringComparison.Ordinal);
        Assert.Equal(0, reached);
    }

    [Fact]
    public async Task Server_WithoutTheAskedProtocol_GetsNoRequest()
    {
        await using var mesh = await CreateAsync(AppProtocol.Http2, Simple());
        await using var server = await StartAsync(mesh, context => context.Response.WriteAsync("HTTP/1.1"), HttpProtocols.Http1);
        using var client = mesh.NewClient();

        using var response = await client.GetAsync(new Uri("/h2", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Contains("TLS to", (await mesh.Requests.WaitAsync("/h2")).Error, StringComparison.Ordinal);
    }

    private ClientTls Simple() => new() { Mode = ClientTlsMode.Simple, CaCertificates = _files.Authority, SubjectAltNames = [Host] };

    /// <summary>A mesh whose service <c>web</c> has one endpoint outside it.</summary>
    private static async Task<HttpMesh> CreateAsync(AppProtocol protocol, ClientTls tls)
    {
        var mesh = await HttpMesh.CreateAsync(serverNode: 0, protocol: protocol);
        mesh.Mesh.State.Apply(new ModelChange
        {
            Workloads =
            [
                mesh.Server.Workload with { ServiceAccount = "default", Services = [new ServiceBinding(HttpMesh.Key("web"), [new ServicePort(80, 8080)])] },
            ],
        });
        mesh.Treat(new TrafficSettings { Tls = tls });
        return mesh;
    }

    private async Task<HttpServerApp> StartAsync(HttpMesh mesh, RequestDelegate handler, HttpProtocols protocols = HttpProtocols.Http1) =>
        await HttpServerApp.StartAsync(mesh.Server, handler, protocols, tls: options =>
        {
            options.ServerCertificate = _files.Load("server");
            options.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            options.AllowAnyClientCertificate();
        });
}
