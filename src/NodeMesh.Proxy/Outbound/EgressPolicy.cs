using System.Net;
using NodeMesh.Model;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Outbound;

/// <summary>Applies NetworkPolicies to what a pod of this node sends: on the endpoint that was chosen, after services and load balancing.</summary>
/// <param name="state">The model.</param>
/// <param name="limits">The limits.</param>
internal sealed class EgressPolicy(MeshState state, ProxyLimits limits)
{
    /// <summary>Decides about a connection that is about to be made. Its record says from now on where it goes, so that a change of policy finds it.</summary>
    /// <param name="pod">The pod that connects.</param>
    /// <param name="record">The connection, registered.</param>
    /// <param name="endpoint">The true destination.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Why it is refused; null when it is not.</returns>
    public async ValueTask<ConnectAttempt?> RefuseAsync(PodRuntime pod, ConnectionRecord record, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        record.Upstream = endpoint;
        // Whoever swaps the model reads the record afterwards: either sees the other's write.
        Interlocked.MemoryBarrier();
        var verdict = Judge(state.Current, pod, endpoint);
        if (verdict.Verdict == AuthorizationVerdict.NotSynced)
        {
            await state.WaitAsync(model => (verdict = Judge(model, pod, endpoint)).Verdict != AuthorizationVerdict.NotSynced, limits.SyncTimeout, cancellationToken);
        }

        if (verdict.IsAllowed)
        {
            return null;
        }

        record.Refuse(verdict.Policy);
        return verdict.Verdict == AuthorizationVerdict.NotSynced
            ? ConnectAttempt.Failed(ConnectionEndReason.PolicyNotSynced, verdict.Policy is null ? Unknown(pod) : verdict.Explain())
            : ConnectAttempt.Failed(ConnectionEndReason.PolicyDenied, $"{endpoint}: {verdict.Explain()}");
    }

    /// <summary>Decides by a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="pod">The pod that connects.</param>
    /// <param name="endpoint">The true destination.</param>
    /// <returns>The decision; not synced without a policy's name when the model does not have the pod, and its namespace has policies that might restrict it.</returns>
    internal static AuthorizationResult Judge(MeshModel model, PodRuntime pod, IPEndPoint endpoint)
    {
        if (pod.FindWorkload(model) is { } workload)
        {
            return NetworkAuthorizer.AuthorizeEgress(model, workload, endpoint.Address, endpoint.Port);
        }

        return NetworkAuthorizer.MayIsolateEgress(model, pod.Pod.Namespace)
            ? new AuthorizationResult(AuthorizationVerdict.NotSynced, null, [])
            : AuthorizationResult.Unrestricted;
    }

    private static string Unknown(PodRuntime pod) =>
        $"discovery does not know pod {pod.Pod.Namespace}/{pod.Pod.Name} yet, and NetworkPolicies of its namespace may restrict what it sends";
}
