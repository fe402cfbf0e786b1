using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeMesh.Model;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Inbound;
using NodeMesh.Proxy.Pods;

namespace NodeMesh.Proxy.State;

/// <summary>
/// Applies policies to live connections: after every change of the model each is judged anew, inbound by all policies and outbound by NetworkPolicies, and
/// the losers are reset. Changes that come while it is at work are judged together afterwards.
/// </summary>
/// <param name="state">The model.</param>
/// <param name="registry">The live connections.</param>
/// <param name="pods">The pods of this node.</param>
/// <param name="limits">The limits.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where closed connections are told.</param>
internal sealed partial class PolicyEnforcer(
    MeshState state,
    ConnectionRegistry registry,
    PodRegistry pods,
    ProxyLimits limits,
    TimeProvider time,
    ILogger<PolicyEnforcer> log) : BackgroundService
{
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Dictionary<long, long> _unsyncedSince = [];
    private long _judged;

    /// <summary>Judges every live connection by the current model.</summary>
    /// <returns>When a connection must be judged again without a change, since a policy that its workload names is missing; null when none must.</returns>
    internal TimeSpan? Judge()
    {
        var model = state.Current;
        TimeSpan? again = null;
        foreach (var record in registry.Live)
        {
            if (record.PodUid is null || !pods.TryGet(record.PodUid, out var pod))
            {
                continue;
            }

            if (Judge(model, pod, record) is { } verdict && Remaining(record, verdict) is { } remaining)
            {
                again = again is null || remaining < again ? remaining : again;
            }
        }

        return again;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan? again = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            await state.WaitAsync(model => model.Version != _judged, again ?? TimeSpan.FromDays(1), stoppingToken);
            _judged = state.Current.Version;
            try
            {
                again = Judge();
            }
            catch (Exception e)
            {
                // Nobody starts this loop again: ending it would leave every later policy unenforced on open connections.
                LogFailed(e);
                again = RetryPause;
            }

            if (again is null)
            {
                _unsyncedSince.Clear();
            }
        }
    }

    private static AuthorizationResult? Judge(MeshModel model, PodRuntime pod, ConnectionRecord record)
    {
        // A pod that discovery has dropped is on its way out: draining ends its connections.
        if (pod.FindWorkload(model) is not { } workload)
        {
            return null;
        }

        // An outbound connection without a destination has its check still before it.
        return record.Direction == ConnectionDirection.Inbound ? InboundDelivery.Authorize(model, workload, record)
            : record.Upstream is { } endpoint ? NetworkAuthorizer.AuthorizeEgress(model, workload, endpoint.Address, endpoint.Port)
            : null;
    }

    private TimeSpan? Remaining(ConnectionRecord record, AuthorizationResult verdict)
    {
        switch (verdict.Verdict)
        {
            case AuthorizationVerdict.Allowed:
                _unsyncedSince.Remove(record.Id);
                return null;
            case AuthorizationVerdict.NotSynced:
                // The policy usually follows the workload within moments; while it does not, nothing says that the connection may go on.
                _unsyncedSince.TryAdd(record.Id, time.GetTimestamp());
                var remaining = limits.SyncTimeout - time.GetElapsedTime(_unsyncedSince[record.Id]);
                if (remaining > TimeSpan.Zero)
                {
                    return remaining;
                }

                Close(record, ConnectionEndReason.PolicyNotSynced, verdict);
                return null;
            default:
                // One that is only just on its way is closed here too, as its own check may have seen the model before: but it never was open.
                Close(record, record.IsAdmitted ? ConnectionEndReason.PolicyDeniedLate : ConnectionEndReason.PolicyDenied, verdict);
                return null;
        }
    }

    private void Close(ConnectionRecord record, ConnectionEndReason reason, AuthorizationResult verdict)
    {
        _unsyncedSince.Remove(record.Id);
        var detail = reason == ConnectionEndReason.PolicyDenied ? verdict.Explain()
            : verdict.Verdict == AuthorizationVerdict.DeniedByNetworkPolicy ? $"closed: now {verdict.Explain()}"
            : null;
        record.RequestClose(reason, verdict.Policy, detail);
        LogClosed(record.SourceIdentity, record.Source, record.Destination, verdict.Policy, reason);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "judging the live connections failed by a fault of the proxy; it is tried again")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(Level = LogLevel.Information, Message = "closed a live connection of {Identity} from {Source} to {Destination}: {Reason}, policy {Policy}")]
    private partial void LogClosed(SpiffeId? identity, System.Net.IPEndPoint source, System.Net.IPEndPoint destination, NamespacedName? policy, ConnectionEndReason reason);
}
