using Microsoft.Extensions.Logging;
using NodeMesh.Control.Hosting;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.LeaderElection;

namespace NodeMesh.Control.Cluster;

/// <summary>What one replica of several does. Discovery and CA are served by all of them.</summary>
/// <param name="client">The API server.</param>
/// <param name="configuration">The configuration.</param>
/// <param name="duties">What the leader does.</param>
/// <param name="leads">Told which replica leads, whenever it is another.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
internal sealed partial class LeaderLoop(
    KubernetesClient client, ControlConfiguration configuration, IReadOnlyList<Func<CancellationToken, Task>> duties, Action<string> leads, TimeProvider time, ILogger<LeaderLoop> log)
{
    /// <summary>The lease's name, in the mesh's namespace.</summary>
    public const string LeaseName = "nodemesh-control";

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Waits to lead, leads, and waits again, until it is cancelled.</summary>
    /// <param name="ct">Ends it, and gives the lease up.</param>
    public async Task RunAsync(CancellationToken ct)
    {
        var identity = configuration.Kubernetes?.Identity is { Length: > 0 } given ? given : Environment.MachineName;
        var elector = new LeaderElector(client, new LeaderElectionConfig(configuration.MeshNamespace, LeaseName, identity));
        elector.OnNewLeader += leads;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await elector.RunAsync(LeadAsync, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogFaulted(log, e);
                await Task.Delay(RetryAfter, time, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task LeadAsync(CancellationToken ct)
    {
        using var leading = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var running = duties.Select(d => d(leading.Token)).ToList();
        try
        {
            // None of them ends by itself: one that does has met a fault, and all begin anew.
            await await Task.WhenAny(running);
        }
        finally
        {
            await leading.CancelAsync();
            await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the leader's work met a fault, and begins anew")]
    private static partial void LogFaulted(ILogger logger, Exception exception);
}
