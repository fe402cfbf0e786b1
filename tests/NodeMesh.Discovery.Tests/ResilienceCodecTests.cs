using NodeMesh.Model;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Discovery.Tests;

public sealed class ResilienceCodecTests
{
    private static readonly ResilienceSettings Full = new()
    {
        Origins = [new ResourceOrigin("ResiliencePolicy", "shop", "web") { Group = "nodemesh.io" }],
        HealthCheck = new HealthCheck
        {
            Kind = HealthCheckKind.Http,
            Path = "/healthz",
            Host = "web.shop",
            ExpectedStatuses = [200, 204],
            Port = 8081,
            Interval = TimeSpan.FromSeconds(3),
            Timeout = TimeSpan.FromMilliseconds(500),
            HealthyThreshold = 2,
            UnhealthyThreshold = 4,
        },
        SuccessRate = new SuccessRateEjection
        {
            MinimumHosts = 3,
            RequestVolume = 20,
            StdevFactor = 1200,
            Interval = TimeSpan.FromSeconds(5),
            BaseEjectionTime = TimeSpan.FromSeconds(7),
            MaxEjectionPercent = 40,
        },
        Hedging = new Hedging(true, TimeSpan.FromMilliseconds(250)),
        PanicPercent = 0,
    };

    [Fact]
    public void Resilience_ThereAndBack_IsTheSame()
    {
        var grpc = new ResilienceSettings { HealthCheck = new HealthCheck { Kind = HealthCheckKind.Grpc, Service = "shop.Catalog" }, Hedging = new Hedging(false, null) };
        var routes = Routes(new TrafficSettings { Resilience = Full }, new TrafficSettings { Resilience = grpc });
        Assert.Equal(routes, ModelCodec.FromProto(ModelCodec.ToProto(routes)));
    }

    [Fact]
    public void HealthCheck_WithoutAnInterval_IsRefused()
    {
        var wire = ModelCodec.ToProto(Routes(new TrafficSettings { Resilience = Full }, TrafficSettings.Default));
        wire.TrafficPolicies[0].Settings.Resilience.HealthCheck.Interval = null;
        Assert.Throws<DiscoveryFormatException>(() => ModelCodec.FromProto(wire));
    }

    private static ServiceRoutes Routes(TrafficSettings all, TrafficSettings port) => new()
    {
        Key = new NamespacedName("shop", "web.shop.svc.cluster.local"),
        TrafficPolicies = [new TrafficPolicy { Origin = new ResourceOrigin("DestinationRule", "shop", "web"), Settings = all, Ports = [new PortTrafficSettings(80, port)] }],
    };
}
