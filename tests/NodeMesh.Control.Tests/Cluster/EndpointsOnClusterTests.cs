using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Model;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>A cluster that serves no EndpointSlices: endpoints of Services without a selector come from Endpoints.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class EndpointsOnClusterTests(ClusterFixture shared)
{
    [Fact]
    public async Task WithoutEndpointSlices_EndpointsAreRead()
    {
        // The other cluster of the collection is up; its processes read the flags again when they are started again.
        Assert.NotNull(shared.Cluster);
        await using var cluster = await StartAsync();
        using var admin = new KubernetesClient(cluster.Admin());
        Assert.Null((await admin.Discovery.GetServedAsync()).Find("discovery.k8s.io", "EndpointSlice"));
        await using var follower = new MeshFollower(cluster);
        var services = admin.Resources(new KubernetesKind("", "v1", "Service", "services", true)).InNamespace("default");
        var endpoints = admin.Resources(new KubernetesKind("", "v1", "Endpoints", "endpoints", true)).InNamespace("default");
        await services.CreateAsync(KubernetesObject.Parse("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"manual"},"spec":{"ports":[{"name":"http","port":80,"targetPort":9000,"protocol":"TCP"}]}}"""));
        await endpoints.CreateAsync(KubernetesObject.Parse("""
            {"apiVersion":"v1","kind":"Endpoints","metadata":{"name":"manual"},
             "subsets":[{"addresses":[{"ip":"192.0.2.1","nodeName":"n1"}],"notReadyAddresses":[{"ip":"192.0.2.2"}],"ports":[{"name":"http","port":9000,"protocol":"TCP"}]}]}
            """));

        await follower.UntilAsync(m => Bound(m).Count == 2, "both endpoints are bound");

        var (ready, waiting) = (Bound(follower.Mesh!)[0], Bound(follower.Mesh!)[1]);
        Assert.Equal(("192.0.2.1", "n1", WorkloadHealth.Healthy), (ready.Addresses[0].ToString(), ready.Node, ready.Health));
        Assert.Equal(("192.0.2.2", WorkloadHealth.Unhealthy), (waiting.Addresses[0].ToString(), waiting.Health));
        Assert.Equal(new ServicePort(80, 9000), Assert.Single(ready.Services[0].Ports));
        await endpoints.DeleteAsync("manual");
        await follower.UntilAsync(m => Bound(m).Count == 0, "they are gone");
    }

    private static async Task<TestCluster> StartAsync()
    {
        const string Flags = "KM_APISERVER_EXTRA";
        var before = Environment.GetEnvironmentVariable(Flags);
        Environment.SetEnvironmentVariable(Flags, $"{before} --runtime-config=discovery.k8s.io/v1beta1=false");
        try
        {
            return await TestCluster.StartAsync("noslices", "--api");
        }
        finally
        {
            Environment.SetEnvironmentVariable(Flags, before);
        }
    }

    private static List<Workload> Bound(CompiledMesh mesh) => [.. mesh.Workloads.Values.Where(w => w.Name == "manual").OrderBy(w => w.Addresses[0].ToString(), StringComparer.Ordinal)];
}
