using System.Net;
using Google.Protobuf;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using Wire = NodeMesh.Discovery.Protos.Routes;

namespace NodeMesh.Discovery.Tests;

public sealed class RoutesCodecTests
{
    private static readonly RouteBackend Backend = new()
    {
        Service = new NamespacedName("shop", "web.shop.svc.cluster.local"),
        Port = 8080,
        Subset = "v2",
        Weight = 0,
        Fault = BackendFault.NotPermitted,
        FaultDetail = "no grant",
        RequestHeaders = new HeaderChanges { Set = [new HeaderValue("A", "1")], Add = [new HeaderValue("B", "2")], Remove = ["C"] },
        ResponseHeaders = new HeaderChanges { Remove = ["D"] },
        Rewrite = new UrlRewrite("other", PathRewrite.Prefix("/x")),
    };

    private static readonly HttpRule FullRule = new()
    {
        Origin = new RuleOrigin(new ResourceOrigin("HTTPRoute", "shop", "r"), 3, "named"),
        Invalid = "why",
        FaultStatus = 503,
        Backends =
        [
            Backend,
            Backend with
            {
                Weight = 7,
                Fault = BackendFault.None,
                FaultDetail = "",
                Redirect = new HttpRedirect { Host = "r", Status = 307 },
                Mirrors = [new RequestMirror(Backend, 3)],
                Cors = new CorsPolicy { AllowMethods = ["PUT"] },
            },
        ],
        RequestHeaders = new HeaderChanges { Set = [new HeaderValue("X", "y")] },
        ResponseHeaders = new HeaderChanges { Add = [new HeaderValue("X", "y"), new HeaderValue("X", "z")] },
        Rewrite = new UrlRewrite(null, PathRewrite.Pattern("/a/(.*)", @"/b/\1")),
        Redirect = new HttpRedirect { Scheme = "https", Host = "h", Port = 8443, PortKind = RedirectPortKind.Scheme, Path = PathRewrite.Full("/f"), Status = 308 },
        DirectResponse = new DirectResponse(418, "tea"),
        Mirrors = [new RequestMirror(Backend, 12.5)],
        Cors = new CorsPolicy
        {
            AllowOrigins = [TextMatch.Present, TextMatch.Exact("https://a"), TextMatch.Prefix("https://b"), TextMatch.Pattern("https://c.*")],
            AllowMethods = ["GET"],
            AllowHeaders = ["*"],
            ExposeHeaders = ["E"],
            MaxAge = TimeSpan.FromHours(1),
            AllowCredentials = true,
            ForwardUnmatchedPreflights = true,
        },
        Timeout = TimeSpan.Zero,
        BackendTimeout = TimeSpan.FromMilliseconds(1500),
        Retry = new RetryPolicy
        {
            Attempts = 0,
            Conditions = RetryConditions.Reset | RetryConditions.Unavailable,
            Codes = [500, 503],
            PerTryTimeout = TimeSpan.FromSeconds(1),
            Backoff = TimeSpan.FromMilliseconds(10),
            AvoidFailedEndpoints = false,
            RemoteLocalities = true,
        },
        Fault = new FaultInjection(new FaultDelay(TimeSpan.FromSeconds(7), 100), new FaultAbort(null, 14, 0.1)),
        Session = new SessionPersistence { InHeader = true, Name = "S", AbsoluteTimeout = TimeSpan.FromMinutes(1), IdleTimeout = TimeSpan.FromSeconds(2), PermanentCookie = true, CookiePath = "/c" },
    };

    private static readonly TrafficSettings FullSettings = new()
    {
        LoadBalancer = new LoadBalancer
        {
            Kind = LoadBalancerKind.ConsistentHash,
            Hash = new ConsistentHash { On = HashKeyKind.Cookie, Key = "k", CookiePath = "/p", CookieTtl = TimeSpan.Zero, Maglev = true, MinimumRingSize = 7, TableSize = 11 },
            Locality = new LocalityBalancing
            {
                Enabled = false,
                Distribute = [new LocalityDistribution("r/*", [new LocalityShare("r/z", 80), new LocalityShare("q", 20)])],
                Failover = [new LocalityFailover("r", "q")],
                FailoverPriority = [new LabelPriority("a", null), new LabelPriority("b", "")],
            },
            SlowStart = new SlowStart(TimeSpan.FromSeconds(30), 5, 2),
        },
        ConnectionPool = new ConnectionPool
        {
            MaxConnections = 1,
            ConnectTimeout = TimeSpan.FromSeconds(1),
            TcpIdleTimeout = TimeSpan.Zero,
            MaxConnectionDuration = TimeSpan.FromSeconds(3),
            Keepalive = new TcpKeepalive(1, TimeSpan.FromSeconds(2), null),
            MaxPendingRequests = 0,
            MaxRequests = 5,
            MaxRequestsPerConnection = 6,
            MaxRetries = 7,
            HttpIdleTimeout = TimeSpan.FromSeconds(8),
            MaxConcurrentStreams = 9,
            UpgradeToHttp2 = false,
            UseClientProtocol = true,
        },
        OutlierDetection = new OutlierDetection
        {
            Consecutive5xx = 0,
            ConsecutiveGatewayErrors = 2,
            ConsecutiveLocalOriginFailures = 3,
            SplitLocalOriginErrors = true,
            Interval = TimeSpan.FromSeconds(4),
            BaseEjectionTime = TimeSpan.FromSeconds(5),
            MaxEjectionPercent = 6,
            MinHealthPercent = 7,
        },
        Tls = new ClientTls
        {
            Mode = ClientTlsMode.Mutual,
            Sni = "s",
            SubjectAltNames = ["a"],
            CaCertificates = "ca",
            ClientCertificate = "cert",
            PrivateKey = "key",
            InsecureSkipVerify = true,
        },
        RetryBudget = new RetryBudget(25, 4),
        ProxyProtocol = 2,
    };

    private static readonly ServiceRoutes Full = new()
    {
        Key = new NamespacedName("shop", "web.shop.svc.cluster.local"),
        Http =
        [
            new AttachedRoute<HttpMatch>
            {
                Scope = new RouteScope("client", 80),
                Created = DateTimeOffset.UnixEpoch.AddDays(3),
                Rules =
                [
                    new AttachedRule<HttpMatch>(
                        [
                            new HttpMatch { Path = PathMatch.Exact("/e"), Method = "GET", Headers = [new NamedMatch("h", TextMatch.Pattern("v.*"))], QueryParameters = [new NamedMatch("q", TextMatch.Exact("1"))] },
                            new HttpMatch { Path = PathMatch.Pattern("/p[0-9]+") },
                            new HttpMatch(),
                        ],
                        FullRule),
                ],
            },
        ],
        Grpc =
        [
            new AttachedRoute<GrpcMatch>
            {
                Scope = new RouteScope("", 0),
                Rules = [new AttachedRule<GrpcMatch>([new GrpcMatch { Service = TextMatch.Exact("s"), Method = TextMatch.Pattern("m.*"), Headers = [new NamedMatch("h", TextMatch.Present)] }], FullRule with { Invalid = null })],
            },
        ],
        Ordered =
        [
            new OrderedRoutes
            {
                Origin = new ResourceOrigin("VirtualService", "shop", "vs"),
                ClientNamespace = "client",
                ByHost = true,
                FallsThrough = true,
                Rules =
                [
                    new OrderedRule(
                        [
                            new OrderedMatch
                            {
                                Name = "n",
                                Path = TextMatch.Prefix("/P", true),
                                Scheme = TextMatch.Exact("http"),
                                Method = TextMatch.Exact("GET"),
                                Authority = TextMatch.Prefix("a"),
                                Headers = [new NamedMatch("h", TextMatch.Exact("v"))],
                                WithoutHeaders = [new NamedMatch("w", TextMatch.Present)],
                                QueryParameters = [new NamedMatch("q", TextMatch.Exact(""))],
                                Port = 81,
                                SourceNamespace = "client",
                                SourceLabels = [new WorkloadLabel("app", "x")],
                            },
                        ],
                        FullRule),
                    new OrderedRule([], new HttpRule { Origin = FullRule.Origin }),
                ],
            },
        ],
        Connections =
        [
            new ConnectionRule
            {
                Origin = new RuleOrigin(new ResourceOrigin("TLSRoute", "shop", "t"), 0),
                Scope = new RouteScope("client", 443),
                Tls = true,
                ServerNames = ["*.example.com"],
                Destinations = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/64")],
                SourceLabels = [new WorkloadLabel("app", "x")],
                SourceNamespace = "other",
                Backends = [Backend],
            },
        ],
        TrafficPolicies =
        [
            new TrafficPolicy
            {
                Origin = new ResourceOrigin("DestinationRule", "shop", "dr"),
                ClientNamespace = "client",
                Settings = FullSettings,
                Ports = [new PortTrafficSettings(80, FullSettings with { RetryBudget = null })],
                Subsets =
                [
                    new TrafficSubset("v1", [new WorkloadLabel("version", "v1")], null, []),
                    new TrafficSubset("v2", [], FullSettings, [new PortTrafficSettings(81, TrafficSettings.Default)]),
                ],
            },
        ],
    };

    [Fact]
    public void Routes_AllFields_ComeBack() => Assert.Equal(Full, ModelCodec.FromProto(Wire.Routes.Parser.ParseFrom(ModelCodec.ToProto(Full).ToByteArray())));

    [Fact]
    public void Routes_OfTheSameContent_AreEqualAndHaveOneVersion()
    {
        var copy = ModelCodec.FromProto(ModelCodec.ToProto(Full));
        Assert.NotSame(Full, copy);
        Assert.Equal(Full.GetHashCode(), copy.GetHashCode());
        Assert.Equal(DiscoveryResource.Of(Full).Version, DiscoveryResource.Of(copy).Version);
        var other = copy with { Ordered = [copy.Ordered[0] with { ByHost = false }] };
        Assert.NotEqual(Full, other);
        Assert.NotEqual(DiscoveryResource.Of(Full).Version, DiscoveryResource.Of(other).Version);
    }

    [Fact]
    public void Routes_WithAnExpressionThatCannotBeRun_AreRefusedByName()
    {
        var wire = ModelCodec.ToProto(Full);
        wire.Http[0].Rules[0].Matches[1].Path.Pattern = "(a)\\1";
        var error = Assert.Throws<DiscoveryFormatException>(() => ModelCodec.FromProto(wire));
        Assert.Contains("shop/web.shop.svc.cluster.local", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Routes_WithoutAnAction_AreRefused()
    {
        var wire = ModelCodec.ToProto(Full);
        wire.Grpc[0].Rules[0].Action = null;
        Assert.Throws<DiscoveryFormatException>(() => ModelCodec.FromProto(wire));
    }

    [Fact]
    public void PortsAndLabels_ComeBack()
    {
        var service = new Service
        {
            Name = "web",
            Namespace = "shop",
            Hostname = "web.shop.svc.cluster.local",
            Ports = [new ServicePort(80, 8080, AppProtocol.Http2, "http2-web"), new ServicePort(81, 0, AppProtocol.Tls), new ServicePort(82, 82)],
        };
        Assert.Equal(service.Ports, ((Service)ModelCodec.FromProto(ModelCodec.ToProto(service))).Ports);
        var workload = new Workload { Uid = "u", Name = "w", Namespace = "shop", Labels = [new WorkloadLabel("a", "1"), new WorkloadLabel("b", "")] };
        Assert.Equal(workload.Labels, ((Workload)ModelCodec.FromProto(ModelCodec.ToProto(workload))).Labels);
    }
}
