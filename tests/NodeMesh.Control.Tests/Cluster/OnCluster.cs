using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Cluster;
using NodeMesh.Control.Hosting;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>Starts control planes against the test cluster.</summary>
internal static class OnCluster
{
    public const string Proxy = "nodemesh-proxy";

    /// <summary>Starts one.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="mesh">The mesh's namespace, one for each test.</param>
    /// <param name="identity">The replica's name.</param>
    /// <param name="relay">Its own way to the API server; null: the common one.</param>
    /// <param name="listen">Where it listens; null: anywhere on loopback.</param>
    public static async Task<ControlFixture> StartAsync(ClusterFixture cluster, string mesh, string identity = "", Relay? relay = null, IPEndPoint? listen = null)
    {
        var directory = Directory.CreateTempSubdirectory("nmt-control-").FullName;
        var configuration = Configuration(mesh, identity) with { CaDirectory = Path.Combine(directory, "ca") };
        configuration = listen is null ? configuration : configuration with { Listen = listen.ToString() };
        var backend = await ClusterBackend.CreateAsync(configuration, cluster.Cluster.Admin(relay), TimeProvider.System, NullLoggerFactory.Instance, Eventually.Limit);
        var host = new ControlHost(configuration, backend, TimeProvider.System, NullLoggerFactory.Instance);
        await host.StartAsync(CancellationToken.None);
        return ControlFixture.Over(host, directory);
    }

    /// <summary>The CA's Secrets of a mesh.</summary>
    public static AuthoritySecret Secret(ClusterFixture cluster, string mesh) =>
        new(cluster.Admin, Configuration(mesh, ""), TimeProvider.System, NullLogger<AuthoritySecret>.Instance);

    /// <summary>A token as the kubelet mounts it into a pod of that account on that node.</summary>
    public static async Task<string> TokenAsync(ClusterFixture cluster, string mesh, string node, string account = Proxy, string audience = TokenReviewer.Audience)
    {
        await cluster.ApplyAsync($$$"""{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"{{{account}}}","namespace":"{{{mesh}}}"}}""");
        var name = ClusterFixture.Unique("proxy");
        var pod = await cluster.ApplyAsync(ClusterFixture.Pod(mesh, name, "10.41.9.9", $$"""{"nodeName":"{{node}}","serviceAccountName":"{{account}}"}"""));
        var bound = new V1BoundObjectReference { ApiVersion = "v1", Kind = "Pod", Name = name, Uid = pod.Metadata.Uid! };
        return (await cluster.Admin.RequestTokenAsync(mesh, account, new V1TokenRequestSpec { Audiences = [audience], BoundObjectRef = bound })).Token!;
    }

    private static ControlConfiguration Configuration(string mesh, string identity) => new()
    {
        Kubernetes = new KubernetesSettings { Identity = identity },
        MeshNamespace = mesh,
        CaDirectory = Path.GetTempPath(),
        Listen = "127.0.0.1:0",
    };
}
