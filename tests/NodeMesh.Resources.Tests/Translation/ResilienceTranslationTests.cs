using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation.Routing;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Translation;

public sealed class ResilienceTranslationTests
{
    private static readonly NamespacedName Catalog = new("shop", "catalog.shop.svc.cluster.local");
    private static readonly NamespacedName Outside = new("shop", "api.example.com");

    [Fact]
    public void Policy_Full_IsTranslatedWhole()
    {
        var said = Translate("""
            {targetRefs: [{kind: Service, name: catalog}],
             healthCheck: {http: {path: /healthz, host: catalog, expectedStatuses: [200, 204]}, port: 8081, interval: 3s, timeout: 500ms, healthyThreshold: 2, unhealthyThreshold: 4},
             outlierDetection: {successRate: {minimumHosts: 3, requestVolume: 20, stdevFactor: 1200, interval: 5s, baseEjectionTime: 7s, maxEjectionPercent: 40}},
             hedging: {onPerTryTimeout: true, perTryTimeout: 250ms},
             panicThreshold: 50}
            """)[Catalog][0];
        Assert.Equal(
            new HealthCheck
            {
                Path = "/healthz",
                Host = "catalog",
                ExpectedStatuses = [200, 204],
                Port = 8081,
                Interval = TimeSpan.FromSeconds(3),
                Timeout = TimeSpan.FromMilliseconds(500),
                HealthyThreshold = 2,
                UnhealthyThreshold = 4,
            },
            said.HealthCheck);
        Assert.Equal(
            new SuccessRateEjection
            {
                MinimumHosts = 3,
                RequestVolume = 20,
                StdevFactor = 1200,
                Interval = TimeSpan.FromSeconds(5),
                BaseEjectionTime = TimeSpan.FromSeconds(7),
                MaxEjectionPercent = 40,
            },
            said.SuccessRate);
        Assert.Equal(new Hedging(true, TimeSpan.FromMilliseconds(250)), said.Hedging);
        Assert.Equal(50, said.PanicPercent);
        Assert.Equal(["ResiliencePolicy shop/p0"], said.Origins.Select(o => o.ToString()));
    }

    [Fact]
    public void Policy_OfEmptyParts_HasEnvoysNumbers()
    {
        var said = Translate("{targetRefs: [{kind: Service, name: catalog}], healthCheck: {tcp: {}}, outlierDetection: {successRate: {}}}")[Catalog][0];
        Assert.Equal(new HealthCheck { Kind = HealthCheckKind.Tcp }, said.HealthCheck);
        Assert.Equal(new SuccessRateEjection(), said.SuccessRate);
        Assert.Equal((5, 100, 1900, 10), (said.SuccessRate!.MinimumHosts, said.SuccessRate.RequestVolume, said.SuccessRate.StdevFactor, said.SuccessRate.MaxEjectionPercent));
    }

    [Fact]
    public void Port_WithSomethingOfItsOwn_HasTheRestOfAllPorts()
    {
        var said = Translate(
            "{targetRefs: [{kind: Service, name: catalog}], healthCheck: {grpc: {service: shop.Catalog}}, panicThreshold: 30}",
            "{targetRefs: [{kind: Service, name: catalog, port: 80}], panicThreshold: 60}")[Catalog];
        Assert.Equal((30, 60), (said[0].PanicPercent, said[80].PanicPercent));
        Assert.Equal("shop.Catalog", said[80].HealthCheck!.Service);
        Assert.Equal(2, said[80].Origins.Count);
    }

    [Fact]
    public void Policies_ThatSayTheSame_LeaveTheOlderOnes()
    {
        var said = Translate(
            out var findings,
            "{targetRefs: [{kind: Service, name: catalog}], panicThreshold: 30}",
            "{targetRefs: [{kind: Service, name: catalog}], panicThreshold: 60, hedging: {onPerTryTimeout: true}}");
        Assert.Equal(30, said[Catalog][0].PanicPercent);
        Assert.NotNull(said[Catalog][0].Hedging);
        var finding = Assert.Single(findings);
        Assert.Equal((FindingCodes.Overridden, "spec.panicThreshold"), (finding.Code, finding.Field));
    }

    [Fact]
    public void ServiceEntry_IsATargetAsWell()
    {
        Assert.Equal([Outside], Translate("{targetRefs: [{group: networking.istio.io, kind: ServiceEntry, name: api}], panicThreshold: 30}").Keys);
    }

    [Theory]
    [InlineData("{kind: Service, name: nobody}", "spec.targetRefs[0].name")]
    [InlineData("{kind: Service, name: catalog, port: 81}", "spec.targetRefs[0].port")]
    public void Target_ThatIsNotThere_IsReported(string target, string field)
    {
        Translate(out var findings, $"{{targetRefs: [{target}], panicThreshold: 30}}");
        var finding = Assert.Single(findings);
        Assert.Equal((FindingCodes.TargetNotFound, field), (finding.Code, finding.Field));
    }

    [Fact]
    public void Join_WithTrafficPolicies_SaysItToEveryClientAndPort()
    {
        var said = Translate(
            "{targetRefs: [{kind: Service, name: catalog}], panicThreshold: 30}",
            "{targetRefs: [{kind: Service, name: catalog, port: 80}], panicThreshold: 60}")[Catalog];
        var own = new TrafficPolicy
        {
            Origin = new ResourceOrigin("DestinationRule", "web", "catalog"),
            ClientNamespace = "web",
            Settings = new TrafficSettings { ProxyProtocol = 1, RetryBudget = new RetryBudget(1, 1), LoadBalancer = new LoadBalancer { Kind = LoadBalancerKind.Random } },
            Ports = [new PortTrafficSettings(443, new TrafficSettings { LoadBalancer = new LoadBalancer { Kind = LoadBalancerKind.RoundRobin } })],
            Subsets = [new TrafficSubset("v1", [], new TrafficSettings { RetryBudget = new RetryBudget(2, 2) }, [])],
        };

        TrafficPolicy[] joined = [.. ResilienceTranslator.Join([own], said)];

        Assert.Equal(["web", ""], joined.Select(p => p.ClientNamespace));
        foreach (var policy in joined)
        {
            Assert.Equal(60, policy.For(80, "").Resilience!.PanicPercent);
            Assert.Equal(30, policy.For(443, "").Resilience!.PanicPercent);
            Assert.Equal(30, policy.For(9090, "").Resilience!.PanicPercent);
        }

        Assert.Equal(60, joined[0].For(80, "v1").Resilience!.PanicPercent);
        Assert.Equal(own.For(80, "v1"), joined[0].For(80, "v1") with { Resilience = null });
        Assert.Equal(own.For(80, ""), joined[0].For(80, "") with { Resilience = null });
        Assert.Equal(own.For(443, ""), joined[0].For(443, "") with { Resilience = null });
    }

    [Theory]
    [InlineData("{targetRefs: [], panicThreshold: 1}", "spec.targetRefs")]
    [InlineData("{targetRefs: [{kind: Service, name: x}]}", "spec")]
    [InlineData("{targetRefs: [{kind: Service, group: apps, name: x}], panicThreshold: 1}", "spec.targetRefs[0].group")]
    [InlineData("{targetRefs: [{kind: ServiceEntry, name: x}], panicThreshold: 1}", "spec.targetRefs[0].group")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], panicThreshold: 101}", "spec.panicThreshold")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], healthCheck: {}}", "spec.healthCheck")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], healthCheck: {tcp: {}, grpc: {}}}", "spec.healthCheck.grpc")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], healthCheck: {http: {path: healthz}}}", "spec.healthCheck.http.path")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], healthCheck: {http: {host: 'a b'}}}", "spec.healthCheck.http.host")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], healthCheck: {http: {expectedStatuses: [200, 20]}}}", "spec.healthCheck.http.expectedStatuses[1]")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], healthCheck: {tcp: {}, interval: 1ms}}", "spec.healthCheck.interval")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], healthCheck: {tcp: {}, timeout: 0s}}", "spec.healthCheck.timeout")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], outlierDetection: {}}", "spec.outlierDetection.successRate")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], outlierDetection: {successRate: {interval: 100ms}}}", "spec.outlierDetection.successRate.interval")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], outlierDetection: {successRate: {minimumHosts: 1}}}", "spec.outlierDetection.successRate.minimumHosts")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], hedging: {}}", "spec.hedging.onPerTryTimeout")]
    [InlineData("{targetRefs: [{kind: Service, name: x}], hedging: {onPerTryTimeout: true, perTryTimeout: soon}}", "spec.hedging.perTryTimeout")]
    public void Policy_Wrong_IsRefusedAtItsField(string spec, string field) => Assert.Contains(field, Read(spec).Errors.Select(e => e.Field));

    private static IReadOnlyDictionary<NamespacedName, SortedDictionary<int, ResilienceSettings>> Translate(params string[] specs)
    {
        var said = Translate(out var findings, specs);
        Assert.Empty(findings);
        return said;
    }

    private static IReadOnlyDictionary<NamespacedName, SortedDictionary<int, ResilienceSettings>> Translate(out IReadOnlyList<Finding> findings, params string[] specs)
    {
        var set = Read(specs);
        Assert.True(!set.HasErrors, string.Join('\n', set.Errors));
        Service[] services =
        [
            new() { Name = "catalog", Namespace = "shop", Hostname = Catalog.Name, Canonical = true, Ports = [new ServicePort(80, 8080), new ServicePort(443, 8443)] },
            new() { Name = "api", Namespace = "shop", Hostname = Outside.Name, Canonical = false, Ports = [new ServicePort(443, 443)] },
        ];
        var found = new RouteFindings();
        var said = new ResilienceTranslator(new ServiceDirectory(services, "cluster.local"), found).Translate(set.Documents);
        findings = found.All;
        return said;
    }

    private static ManifestSet Read(params string[] specs) => ManifestReader.ReadText(
        string.Join("\n---\n", specs.Select((spec, i) => $"apiVersion: nodemesh.io/v1alpha1\nkind: ResiliencePolicy\nmetadata: {{name: p{i}, namespace: shop}}\nspec: {spec.ReplaceLineEndings(" ")}")), "in.yaml");
}
