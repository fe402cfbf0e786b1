using NodeMesh.Model;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Testing;
using static NodeMesh.Proxy.Tests.LoadBalancing.TestCluster;

namespace NodeMesh.Proxy.Tests.LoadBalancing;

/// <summary>When a cluster that was found before may be used without another look at the model.</summary>
public sealed class UpstreamClustersTests
{
    private static readonly Service Web = new() { Name = "web", Namespace = "shop", Hostname = "web.shop.svc.cluster.local", Ports = [new ServicePort(80, 8080)] };
    private static readonly ClientPlacement Client = new("shop", "node-1", Locality.Unknown, "", "");

    private readonly ManualTimeProvider _time = new();
    private readonly UpstreamClusters _clusters;

    public UpstreamClustersTests() => _clusters = new UpstreamClusters(new Random(7), _time);

    [Fact]
    public void TryUse_OfOneJustFound_Succeeds()
    {
        var cluster = Find(ModelOf("a"));

        Assert.True(_clusters.TryUse(cluster, cluster.Stamp, null));
    }

    [Fact]
    public void TryUse_AfterSomebodyWithAnotherModel_FailsUntilItIsFoundAgain()
    {
        var (older, newer) = (ModelOf("a"), ModelOf("b"));
        var cluster = Find(newer);
        var stamp = cluster.Stamp;
        Assert.Same(cluster, Find(older));

        Assert.False(_clusters.TryUse(cluster, stamp, null));
        Assert.Same(cluster, Find(newer));
        Assert.True(_clusters.TryUse(cluster, cluster.Stamp, null));
        Assert.Equal("b", cluster.Choose(default)?.Workload.Name);
    }

    [Fact]
    public void TryUse_OfOneThatMayBeForgotten_Fails()
    {
        var cluster = Find(ModelOf("a"));
        _time.Advance(TimeSpan.FromMinutes(2));

        Assert.False(_clusters.TryUse(cluster, cluster.Stamp, null));
    }

    [Fact]
    public void TryUse_NowAndThen_KeepsItFromBeingForgotten()
    {
        var cluster = Find(ModelOf("a"));
        for (var minute = 0; minute < 60; minute++)
        {
            _time.Advance(TimeSpan.FromMinutes(1));
            Assert.True(_clusters.TryUse(cluster, cluster.Stamp, null));
            _clusters.Sweep(ModelOf("a"));
        }

        Assert.Same(cluster, Assert.Single(_clusters.All));
    }

    private static MeshModel ModelOf(string endpoint) => MeshModel.Empty.Apply(new ModelChange
    {
        Services = [Web],
        Workloads = [Endpoint(endpoint) with { Services = [new ServiceBinding(Web.Key, [new ServicePort(80, 8080)])] }],
    });

    private UpstreamCluster Find(MeshModel model) => _clusters.Find(model, model.FindService(Web.Key)!, 80, "", Client, null);
}
