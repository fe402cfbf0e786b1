using NodeMesh.Model.Balancing;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Model.Tests.Balancing;

public sealed class LocalityTests
{
    private static readonly ClientPlacement Client = new("shop", "node-1", new Locality("r1", "z1", "s1"), "Kubernetes", "");

    [Theory]
    [InlineData("r1", "r1", "z9", "s9", true)]
    [InlineData("r1/*", "r1", "z9", "s9", true)]
    [InlineData("r1/z1/*", "r1", "z1", "s9", true)]
    [InlineData("r1/z1/*", "r1", "z2", "s9", false)]
    [InlineData("r1/z1/s1", "r1", "z1", "s1", true)]
    [InlineData("r1/z1/s1", "r1", "z1", "s2", false)]
    [InlineData("*", "r7", "", "", true)]
    [InlineData("", "r7", "", "", true)]
    [InlineData("r2/z1", "r1", "z1", "", false)]
    [InlineData("r1/z1/s1/x", "r1", "z1", "s1", false)]
    public void Pattern_OfAPlace_MatchesAsIstioWritesIt(string pattern, string region, string zone, string subzone, bool matches) =>
        Assert.Equal(matches, LocalityPattern.Matches(pattern, new Locality(region, zone, subzone)));

    [Theory]
    [InlineData("r1", "z1", "s1", 0)]
    [InlineData("r1", "z1", "s2", 1)]
    [InlineData("r1", "z2", "s1", 2)]
    [InlineData("r2", "z1", "s1", 3)]
    [InlineData("r3", "z1", "s1", 4)]
    public void Priority_ByPlace_PutsTheRegionThatStandsInBeforeOthers(string region, string zone, string subzone, int priority)
    {
        var settings = new LocalityBalancing { Failover = [new LocalityFailover("r9", "r3"), new LocalityFailover("r1", "r2")] };
        Assert.Equal(priority, LocalityPriority.Of(settings, Client, default, At(region, zone, subzone)));
    }

    [Fact]
    public void Priority_WithoutAStandIn_TreatsOtherRegionsAlike()
    {
        Assert.Equal(3, LocalityPriority.Of(new LocalityBalancing(), Client, default, At("r2", "z1", "s1")));
        Assert.Equal(3, LocalityPriority.Of(new LocalityBalancing(), Client, default, At("r3", "z1", "s1")));
    }

    [Theory]
    [InlineData("node-1", "v2", 0)]
    [InlineData("node-2", "v2", 1)]
    [InlineData("node-1", "v1", 2)]
    public void Priority_ByLabels_CountsLeadingOnesThatAreShared(string node, string version, int priority)
    {
        var settings = new LocalityBalancing { FailoverPriority = [new LabelPriority("version", "v2"), new LabelPriority("kubernetes.io/hostname", null)] };
        var endpoint = Sample.Pod("e", "10.244.1.2", node) with { Labels = [new WorkloadLabel("version", version)] };
        Assert.Equal(priority, LocalityPriority.Of(settings, Client, default, endpoint));
    }

    [Fact]
    public void Priority_ByALabelOfTheClient_ComparesItsValue()
    {
        var settings = new LocalityBalancing { FailoverPriority = [new LabelPriority("team", null)] };
        var endpoint = Sample.Pod("e", "10.244.1.2") with { Labels = [new WorkloadLabel("team", "blue")] };
        Assert.Equal(0, LocalityPriority.Of(settings, Client, [new WorkloadLabel("team", "blue")], endpoint));
        Assert.Equal(1, LocalityPriority.Of(settings, Client, [new WorkloadLabel("team", "red")], endpoint));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(3, 10)]
    [InlineData(30, 50)]
    [InlineData(60, 100)]
    [InlineData(600, 100)]
    public void WarmUp_AtAnAge_GrowsEvenlyFromTheLeast(int seconds, double percent) =>
        Assert.Equal(percent / 100, WarmUp.Factor(new SlowStart(TimeSpan.FromSeconds(60)), TimeSpan.FromSeconds(seconds)), 6);

    [Fact]
    public void WarmUp_WithAggression_GrowsFasterAtFirst() =>
        Assert.Equal(0.5, WarmUp.Factor(new SlowStart(TimeSpan.FromSeconds(100), 1, 2), TimeSpan.FromSeconds(25)), 6);

    private static Workload At(string region, string zone, string subzone) =>
        Sample.Pod("e", "10.244.1.2") with { Locality = new Locality(region, zone, subzone) };
}
