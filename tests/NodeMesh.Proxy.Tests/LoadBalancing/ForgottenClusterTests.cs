using System.Net;
using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.LoadBalancing;

public sealed class ForgottenClusterTests
{
    private static readonly NamespacedName Key = new("shop", "web.shop.svc.cluster.local");

    private static readonly Service Web = new() { Name = "web", Namespace = "shop", Hostname = "web.shop.svc.cluster.local", Ports = [new ServicePort(80, 8080)] };

    private static readonly Workload Pod = new()
    {
        Uid = "c//Pod/shop/web",
        Name = "web",
        Namespace = "shop",
        Addresses = [IPAddress.Parse("10.0.0.1")],
        Services = [new ServiceBinding(Key, [new ServicePort(80, 8080)])],
    };

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public void Sweep_OfAPolicyThatIsGone_ForgetsWhatItsClientsFoundOut(bool stays, bool ejected)
    {
        var policy = new TrafficPolicy
        {
            Origin = new ResourceOrigin("DestinationRule", "shop", "web"),
            ClientNamespace = "shop",
            Settings = new TrafficSettings { OutlierDetection = new OutlierDetection { Consecutive5xx = 1, MaxEjectionPercent = 100, BaseEjectionTime = TimeSpan.FromHours(1) } },
        };
        var with = Model([policy]);
        var clusters = new UpstreamClusters(new Random(1), new ManualTimeProvider());
        var cluster = Find(clusters, with);
        cluster.Report(cluster.Endpoints.Groups[0].Endpoints[0], AttemptOutcome.Failed(AttemptFailure.Reset));
        Assert.True(cluster.Endpoints.Groups[0].Endpoints[0].IsEjected);

        clusters.Sweep(stays ? with : Model([]));

        Assert.Equal(ejected, Find(clusters, with).Endpoints.Groups[0].Endpoints[0].IsEjected);
    }

    private static MeshModel Model(ValueList<TrafficPolicy> policies) =>
        MeshModel.Empty.Apply(new ModelChange { Services = [Web], Workloads = [Pod], Routes = [new ServiceRoutes { Key = Key, TrafficPolicies = policies }] });

    private static UpstreamCluster Find(UpstreamClusters clusters, MeshModel model) =>
        clusters.Find(model, Web, 80, "", new ClientPlacement("shop", "node-1", Locality.Unknown, "c", ""), null);
}
