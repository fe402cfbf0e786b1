using System.Net;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Tests.DataPaths;

namespace NodeMesh.Proxy.Tests.Http;

/// <summary>Sessions of rules: the token that a client is given, and where it leads.</summary>
public sealed class HttpSessionTests
{
    private static readonly SessionPersistence Cookie = new() { Name = "shop" };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Session_OfACookieOrHeader_StaysWithItsEndpoint(bool inHeader)
    {
        await using var mesh = await Sessions.CreateAsync(Cookie with { InHeader = inHeader });

        var (first, token) = await mesh.GetAsync(null);
        Assert.NotNull(token);
        for (var i = 0; i < 12; i++)
        {
            var (served, again) = await mesh.GetAsync(token);
            Assert.Equal((first, null), (served, again));
        }
    }

    [Fact]
    public async Task Session_WhoseEndpointLeft_GoesOnAtAnotherWithANewToken()
    {
        await using var mesh = await Sessions.CreateAsync(Cookie);
        var (first, token) = await mesh.GetAsync(null);

        mesh.Leave(first);
        var (second, moved) = await mesh.GetAsync(token);

        Assert.NotEqual(first, second);
        Assert.NotNull(moved);
        Assert.NotEqual(token, moved);
        mesh.Return();
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal((second, null), await mesh.GetAsync(moved));
        }
    }

    [Fact]
    public async Task Session_WhoseBackendHasNoWeightAnyMore_StaysThere()
    {
        await using var mesh = await Sessions.CreateAsync(Cookie, twoServices: true);
        var (first, token) = await mesh.GetAsync(null);

        mesh.Route(Cookie, [new RouteBackend { Service = HttpMesh.Key(first), Port = 80, Weight = 0 }, new RouteBackend { Service = HttpMesh.Key(first == "web" ? "other" : "web"), Port = 80 }]);

        Assert.Equal((first, null), await mesh.GetAsync(token));
        Assert.NotEqual(first, (await mesh.GetAsync(null)).Served);
    }

    [Fact]
    public async Task Session_WithAnIdleTime_IsRenewedByEachAnswer()
    {
        await using var mesh = await Sessions.CreateAsync(Cookie with { IdleTimeout = TimeSpan.FromHours(1) });
        var (first, token) = await mesh.GetAsync(null);

        var (second, renewed) = await mesh.GetAsync(token);

        Assert.Equal(first, second);
        Assert.NotNull(renewed);
    }

    [Fact]
    public async Task Cookie_ThatIsPermanent_HasTheSessionsAge()
    {
        await using var mesh = await Sessions.CreateAsync(Cookie with { PermanentCookie = true, AbsoluteTimeout = TimeSpan.FromMinutes(5) });
        using var response = await mesh.Client.GetAsync(new Uri("/", UriKind.Relative), TestContext.Current.CancellationToken);

        Assert.EndsWith("; Path=/; Max-Age=300; HttpOnly; SameSite=Strict", response.Headers.GetValues("Set-Cookie").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("AQ")]
    [InlineData("AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public async Task Token_ThatIsNone_BeginsASession(string token)
    {
        await using var mesh = await Sessions.CreateAsync(Cookie);
        Assert.NotNull((await mesh.GetAsync(token)).Token);
    }

    [Fact]
    public void Token_OfTime_IsOverAtItsLimits()
    {
        var token = new SessionToken(1, ulong.MaxValue, 1000, 1500);
        var session = new SessionPersistence { Name = "s", AbsoluteTimeout = TimeSpan.FromSeconds(600), IdleTimeout = TimeSpan.FromSeconds(60) };

        Assert.True(SessionToken.TryParse(token.ToString(), out var read));
        Assert.Equal(token, read);
        Assert.False(read.IsOver(session, 1560));
        Assert.True(read.IsOver(session, 1561));
        Assert.True(read.IsOver(session with { IdleTimeout = null }, 1601));
        Assert.False(read.IsOver(session with { IdleTimeout = null, AbsoluteTimeout = null }, uint.MaxValue));
    }

    /// <summary>Two endpoints that say who they are, of one service or of two.</summary>
    private sealed class Sessions : IAsyncDisposable
    {
        private readonly HttpMesh _mesh;
        private readonly TestPod _other;
        private readonly HttpServerApp[] _servers;
        private readonly SessionPersistence _session;

        private Sessions(HttpMesh mesh, TestPod other, HttpServerApp[] servers, SessionPersistence session)
        {
            (_mesh, _other, _servers, _session) = (mesh, other, servers, session);
            Client = mesh.NewClient();
        }

        public HttpClient Client { get; }

        public static async Task<Sessions> CreateAsync(SessionPersistence session, bool twoServices = false)
        {
            var mesh = await HttpMesh.CreateAsync();
            var other = await mesh.Mesh.AddPodAsync("other", 2, 4);
            HttpServerApp[] servers =
            [
                await HttpServerApp.StartAsync(mesh.Server, context => context.Response.WriteAsync("web")),
                await HttpServerApp.StartAsync(other, context => context.Response.WriteAsync("other")),
            ];
            var made = new Sessions(mesh, other, servers, session);
            if (twoServices)
            {
                mesh.AddService("other", IPAddress.Parse("10.96.0.31"), AppProtocol.Http11, other);
                mesh.Route(HttpMesh.To("web", "other") with { Session = session });
            }
            else
            {
                made.Return();
                mesh.Route(HttpMesh.To("web") with { Session = session });
            }

            return made;
        }

        public void Return() => _mesh.AddService("web", TestMesh.Vip, AppProtocol.Http11, _mesh.Server, _other);

        public void Leave(string served)
        {
            var gone = served == "web" ? _mesh.Server : _other;
            _mesh.Mesh.State.Apply(new ModelChange { Workloads = [gone.Workload] });
        }

        public void Route(SessionPersistence session, RouteBackend[] backends) =>
            _mesh.Route(HttpMesh.To("web") with { Session = session, Backends = ValueList.Create<RouteBackend>(backends) });

        public async Task<(string Served, string? Token)> GetAsync(string? token)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            if (token is not null)
            {
                request.Headers.Add(_session.InHeader ? _session.Name : "Cookie", _session.InHeader ? token : $"a=b; {_session.Name}={token}");
            }

            using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
            var served = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            return _session.InHeader
                ? (served, response.Headers.TryGetValues(_session.Name, out var values) ? values.Single() : null)
                : (served, response.Headers.TryGetValues("Set-Cookie", out var cookies) ? cookies.Single().Split(';')[0].Split('=')[1] : null);
        }

        public async ValueTask DisposeAsync()
        {
            Client.Dispose();
            foreach (var server in _servers)
            {
                await server.DisposeAsync();
            }

            await _mesh.DisposeAsync();
        }
    }
}
