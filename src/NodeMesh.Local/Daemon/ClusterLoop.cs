using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Tools;
using NodeMesh.Local.Controllers;
using NodeMesh.Local.Endpoints;
using NodeMesh.Local.Mesh;
using NodeMesh.Local.Store;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Daemon;

/// <summary>
/// The one loop that brings the cluster to what was applied: after any change of objects or pods it lets the controllers take a step, publishes pods for
/// the control plane and sets service rules. Changes that come while it works are taken together in the next round.
/// </summary>
/// <param name="store">The objects.</param>
/// <param name="fleet">The pods.</param>
/// <param name="enrollment">Who is in the mesh.</param>
/// <param name="manifests">Pods, for the control plane.</param>
/// <param name="rules">Service rules.</param>
/// <param name="time">The clock.</param>
/// <param name="log">The log.</param>
internal sealed partial class ClusterLoop(
    ObjectStore store, PodFleet fleet, MeshEnrollment enrollment, RuntimeManifests manifests, ServiceRuleWriter rules, TimeProvider time, ILogger<ClusterLoop> log)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly DeploymentController _deployments = new(fleet, time);
    private readonly StatefulSetController _statefulSets = new(fleet, time);
    private readonly DaemonSetController _daemonSets = new(fleet, time);

    private long _asked;
    private long _done;
    private volatile string? _problem;

    /// <summary>What keeps the cluster from being as it was asked for; null once every change so far has been taken in.</summary>
    public string? Problem => _problem ?? (Interlocked.Read(ref _done) < Interlocked.Read(ref _asked) ? "changes are being taken in" : null);

    /// <summary>Asks for a round.</summary>
    public void Wake()
    {
        Interlocked.Increment(ref _asked);
        _wake.Writer.TryWrite(true);
    }

    /// <summary>Runs until it is cancelled.</summary>
    /// <param name="cancellationToken">Ends the loop.</param>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        store.Changed = Wake;
        fleet.Changed = Wake;
        Wake();
        while (await _wake.Reader.WaitToReadAsync(cancellationToken))
        {
            _wake.Reader.TryRead(out _);
            var asked = Interlocked.Read(ref _asked);
            try
            {
                await RoundAsync(cancellationToken);
                Interlocked.Exchange(ref _done, asked);
                _problem = null;
            }
            catch (Exception e) when (e is ToolException or IOException or UnauthorizedAccessException)
            {
                RoundFailed(e.Message);
                _problem = e.Message;
                await Task.Delay(RetryDelay, time, cancellationToken);
                Wake();
            }
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        var objects = store.Objects.Values.OrderBy(o => o.Key.ToString(), StringComparer.Ordinal).ToList();
        fleet.ForgetUnplaced();
        fleet.RemoveOrphans(objects);
        fleet.ReconcileBarePods(objects.Where(o => o.Document.Resource is PodResource));
        foreach (var stored in objects)
        {
            switch (stored.Document.Resource)
            {
                case DeploymentResource:
                    _deployments.Reconcile(stored);
                    break;
                case StatefulSetResource:
                    _statefulSets.Reconcile(stored);
                    break;
                case DaemonSetResource:
                    _daemonSets.Reconcile(stored);
                    break;
                default:
                    break;
            }
        }

        manifests.WritePods(fleet.Pods);
        UpdateMembership();
        await rules.WriteAsync(new EndpointFinder(store, fleet.Pods), cancellationToken);
    }

    // Labels of pods and namespaces may change while pods run. Pods that have not started yet enrol themselves.
    private void UpdateMembership()
    {
        foreach (var pod in fleet.Pods.Where(p => p.HasNetwork && !p.IsTerminating))
        {
            if (enrollment.IsMember(pod))
            {
                enrollment.Enroll(pod);
            }
            else
            {
                enrollment.Withdraw(pod);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "the cluster cannot be brought up to date: {Problem}")]
    private partial void RoundFailed(string problem);
}
