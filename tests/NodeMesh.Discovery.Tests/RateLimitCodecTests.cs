using System.Net;
using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Discovery.Tests;

public sealed class RateLimitCodecTests
{
    private static readonly RateLimitRule Rule = new()
    {
        Origin = new ResourceOrigin("RateLimitPolicy", "shop", "web"),
        Name = "per-caller",
        Port = 80,
        Requests = 100,
        Period = TimeSpan.FromMinutes(1),
        Burst = 20,
        Scope = RateLimitScope.Mesh,
        Keys = [new RateLimitKey(RateLimitKeyKind.Header, "x-user"), new RateLimitKey(RateLimitKeyKind.Method)],
        Match = new HttpMatch { Path = PathMatch.Exact("/api"), Headers = [new NamedMatch("x-tier", TextMatch.Exact("free"))] },
        Methods = ["GET", "POST"],
        Principals = [TextMatch.Prefix("cluster.local/ns/shop/")],
        Namespaces = ["shop"],
        Networks = [IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("fd00::/8")],
    };

    [Fact]
    public void RateLimits_ThereAndBack_AreTheSame()
    {
        var routes = Routes(Rule, Rule with { Name = "all", Scope = RateLimitScope.Node, Port = 0, Keys = default, Match = new HttpMatch(), Methods = default, Principals = default, Namespaces = default, Networks = default });
        Assert.Equal(routes, ModelCodec.FromProto(ModelCodec.ToProto(routes)));
    }

    [Fact]
    public void RateLimit_OfNothing_IsRefused()
    {
        var wire = ModelCodec.ToProto(Routes(Rule));
        wire.RateLimits[0].Requests = 0;
        Assert.Throws<DiscoveryFormatException>(() => ModelCodec.FromProto(wire));
    }

    private static ServiceRoutes Routes(params RateLimitRule[] rules) =>
        new() { Key = new NamespacedName("shop", "web.shop.svc.cluster.local"), RateLimits = [.. rules] };
}
