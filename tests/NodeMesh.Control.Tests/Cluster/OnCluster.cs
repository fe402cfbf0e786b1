using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Cluster;
using NodeMesh.Control.Hosting;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>Starts control planes against the test cluster.</summary>
internal static class OnCluster
{
    /// <summary>Starts one.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="mesh">The mesh's namespace, one for each test.</param>
    /// <param name="identity">The replica's name.</param>
    public static async Task<ControlFixture> StartAsync(ClusterFixture cluster, string mesh, string identity = "")
    {
        var directory = Directory.CreateTempSubdirectory("nmt-control-").FullName;
        var configuration = new ControlConfiguration
        {
            Kubernetes = new KubernetesSettings { Identity = identity },
            MeshNamespace = mesh,
            CaDirectory = Path.Combine(directory, "ca"),
            Listen = "127.0.0.1:0",
        };
        var backend = await ClusterBackend.CreateAsync(configuration, cluster.Cluster.Admin(), TimeProvider.System, NullLoggerFactory.Instance, Eventually.Limit);
        var host = new ControlHost(configuration, backend, TimeProvider.System, NullLoggerFactory.Instance);
        await host.StartAsync(CancellationToken.None);
        return ControlFixture.Over(host, directory);
    }
}
