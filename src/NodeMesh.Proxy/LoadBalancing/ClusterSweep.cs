using Microsoft.Extensions.Hosting;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>Lets endpoints come back that were left out for a while.</summary>
/// <param name="clusters">The clusters.</param>
/// <param name="state">The model.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterSweep(UpstreamClusters clusters, MeshState state, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            clusters.Sweep(state.Current);
        }
    }
}
