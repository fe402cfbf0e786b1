using Microsoft.Extensions.Logging;
using NodeMesh.Control.Hosting;
using NodeMesh.Control.Sources.Cluster;
using NodeMesh.Control.Status;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Cluster;

/// <summary>A control plane on a cluster: its resources, its tokens, its Secret, its leases.</summary>
internal static class ClusterBackend
{
    /// <summary>Connects; waits for an API server that is away.</summary>
    /// <param name="configuration">The configuration, with <see cref="ControlConfiguration.Kubernetes"/>.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The backend.</returns>
    /// <exception cref="KubeConfigException">The kubeconfig cannot be used.</exception>
    /// <exception cref="Identity.CertificateAuthorityException">The CA's Secret cannot be used.</exception>
    /// <exception cref="KubernetesException">The API server refuses.</exception>
    public static Task<ControlBackend> CreateAsync(ControlConfiguration configuration, TimeProvider time, ILoggerFactory log, CancellationToken ct)
    {
        var settings = configuration.Kubernetes!;
        var cluster = KubernetesClientConfiguration.BuildDefaultConfig(settings.Kubeconfig.Length == 0 ? null : settings.Kubeconfig, settings.Context.Length == 0 ? null : settings.Context);
        return CreateAsync(configuration, cluster, time, log, ct);
    }

    /// <summary>As above, with a way to the API server.</summary>
    public static async Task<ControlBackend> CreateAsync(
        ControlConfiguration configuration, KubernetesClientConfiguration cluster, TimeProvider time, ILoggerFactory log, CancellationToken ct)
    {
        configuration.Validate();
        var client = new KubernetesClient(cluster, new KubernetesClientOptions { UserAgent = "nodemesh-control", FieldManager = "nodemesh-control", LoggerFactory = log, Time = time });
        try
        {
            var secret = new AuthoritySecret(client, configuration, time, log.CreateLogger<AuthoritySecret>());
            var authority = await secret.LoadAsync(ct);
            var mesh = new MeshSettings
            {
                TrustDomain = configuration.TrustDomain,
                RootNamespace = configuration.RootNamespace,
                ClusterDomain = configuration.ClusterDomain,
                ClusterId = configuration.ClusterId,
                TracingProviders = configuration.TracingProviders,
            };
            var queue = new StatusQueue();
            var source = new KubernetesSource(client, mesh, queue, time, log.CreateLogger<KubernetesSource>());
            var bundles = new TrustBundlePublisher(client, () => authority.Bundle.ToPem(), time, log.CreateLogger<TrustBundlePublisher>());
            var statuses = new StatusPublisher(client, source, queue, time, log.CreateLogger<StatusPublisher>());
            var webhooks = new WebhookPublisher(
                client, () => authority.Bundle.ToPem(), configuration.WebhookUrl, configuration.MeshNamespace, time, log.CreateLogger<WebhookPublisher>());
            var limits = new ClusterRateLimits(client, configuration, authority, time);
            List<Func<CancellationToken, Task>> duties = [limits.LeadAsync, bundles.RunAsync, statuses.RunAsync];
            if (configuration.WebhookEndPoint is not null)
            {
                duties.Add(webhooks.RunAsync);
            }

            var leader = new LeaderLoop(client, configuration, duties, limits.Follow, time, log.CreateLogger<LeaderLoop>());
            return new ControlBackend(source, authority, new TokenReviewer(client, configuration, time, log.CreateLogger<TokenReviewer>()), limits)
            {
                Loops = [leader.RunAsync, stop => secret.RunAsync(authority, stop)],
                Owned = [limits, client],
            };
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }
}
