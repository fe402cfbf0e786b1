using Microsoft.Extensions.Logging;
using NodeMesh.Control.Cluster;
using NodeMesh.Control.Sources;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Linux.Processes;
using NodeMesh.Metrics.Logging;

namespace NodeMesh.Control.Hosting;

/// <summary>The program <c>nodemesh-control</c>: exit code 0 after SIGTERM or SIGINT, 1 when it cannot run, 2 on a bad command line or configuration.</summary>
internal static class ControlProgram
{
    private const string Usage = "usage: nodemesh-control --config FILE | --in-cluster | --kubeconfig FILE";

    /// <summary>Runs until a signal.</summary>
    /// <param name="args">The command line.</param>
    /// <param name="createSource">Makes the source of the mesh's configuration.</param>
    /// <param name="error">Where the one line about a failed start goes.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args, Func<ControlConfiguration, ILoggerFactory, IMeshConfigurationSource> createSource, TextWriter error)
    {
        try
        {
            if (Configure(args) is not { } configuration)
            {
                await error.WriteLineAsync(Usage);
                return args is ["--help"] or ["-h"] ? 0 : 2;
            }

            var levels = new LogLevels(configuration.MinimumLogLevel);
            using var log = ControlLogging.Create(configuration.LogFormat, levels);
            using var signalled = new TerminationSignal();
            await using var host = configuration.Kubernetes is null
                ? new ControlHost(configuration, createSource(configuration, log), TimeProvider.System, log, levels)
                : new ControlHost(configuration, await ClusterBackend.CreateAsync(configuration, TimeProvider.System, log, signalled.Token), TimeProvider.System, log, levels);
            using var trim = new StartupTrim(() => host.IsReady, TimeProvider.System);
            await host.StartAsync(CancellationToken.None);
            await trim.StartAsync(CancellationToken.None);
            await signalled.Task;
            await trim.StopAsync(CancellationToken.None);
            await host.StopAsync();
            return 0;
        }
        catch (OperationCanceledException)
        {
            // Told to end while it waited for the API server.
            return 0;
        }
        catch (ControlConfigurationException e)
        {
            await error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (KubeConfigException e)
        {
            await error.WriteLineAsync(e.Message);
            return 2;
        }
        catch (Exception e) when (e is Identity.CertificateAuthorityException or KubernetesException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(e.Message);
            return 1;
        }
    }

    private static ControlConfiguration? Configure(string[] args) => args switch
    {
        ["--config", var path] => ControlConfiguration.Load(path),
        ["--in-cluster"] => OnCluster(new KubernetesSettings()),
        ["--kubeconfig", var path] => OnCluster(new KubernetesSettings { Kubeconfig = path }),
        _ => null,
    };

    private static ControlConfiguration OnCluster(KubernetesSettings cluster) =>
        new() { Kubernetes = cluster, CaDirectory = "/run/nodemesh-control/ca", MetricsListen = "0.0.0.0:15014", WebhookListen = "0.0.0.0:15017" };
}
