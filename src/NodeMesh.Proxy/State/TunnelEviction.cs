using Microsoft.Extensions.Hosting;
using NodeMesh.Model;
using NodeMesh.Proxy.Pods;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.State;

/// <summary>Takes pooled tunnels out of use when the model says that their far end is gone or is somebody else now. Peers find out at once, not by a lost PING.</summary>
/// <param name="state">The model.</param>
/// <param name="nodeTunnels">Tunnels to other nodes.</param>
/// <param name="pods">The pods of this node, with their tunnels to plain ambient peers.</param>
internal sealed class TunnelEviction(MeshState state, TunnelPool nodeTunnels, PodRegistry pods) : IHostedService
{
    /// <inheritdoc/>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        state.Applied += OnApplied;
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken)
    {
        state.Applied -= OnApplied;
        return Task.CompletedTask;
    }

    private void OnApplied(MeshModel old, MeshModel next, ModelChange change)
    {
        foreach (var name in change.RemovedNodes.Concat(change.Nodes.Select(n => n.Name)))
        {
            foreach (var address in old.FindNode(name)?.Addresses ?? [])
            {
                if (next.FindNode(address)?.Name != name)
                {
                    nodeTunnels.Evict(address);
                }
            }
        }

        foreach (var uid in change.RemovedWorkloads.Concat(change.Workloads.Select(w => w.Uid)))
        {
            if (old.FindWorkload(uid) is { } workload)
            {
                EvictMoved(workload, next);
            }
        }
    }

    private void EvictMoved(Workload old, MeshModel next)
    {
        foreach (var address in old.Addresses)
        {
            if (next.FindWorkload(address) is { } owner && owner.Uid == old.Uid && owner.Identity == old.Identity)
            {
                continue;
            }

            foreach (var pod in pods.Pods)
            {
                pod.PeerTunnels?.Evict(address);
            }
        }
    }
}
