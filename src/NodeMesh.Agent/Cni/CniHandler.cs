using Microsoft.Extensions.Logging;
using NodeMesh.Agent.Enrollment;
using NodeMesh.Agent.Membership;

namespace NodeMesh.Agent.Cni;

/// <summary>
/// Decides what the plugin answers. A pod of the mesh starts when its capture is in place, and one of which nobody can tell whether it is of the mesh does not
/// start: kubelets try again.
/// </summary>
/// <param name="pods">The node's pods.</param>
/// <param name="enrollment">Who is in the mesh.</param>
/// <param name="excluded">Namespaces whose pods start whatever happens.</param>
/// <param name="notReady">Why no pod can be served; null when they can.</param>
/// <param name="log">The log.</param>
internal sealed partial class CniHandler(NodePods pods, EnrollmentReconciler enrollment, IReadOnlyCollection<string> excluded, Func<string?> notReady, ILogger log)
{
    /// <summary>Answers a request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The answer.</returns>
    public async Task<CniAnswer> AnswerAsync(CniRequest request, CancellationToken ct)
    {
        try
        {
            switch (request.Command)
            {
                case "ADD":
                    await AddAsync(request, ct);
                    return new CniAnswer(true, request.PreviousResult!);
                case "CHECK":
                    await CheckAsync(request, ct);
                    return CniAnswer.Done;
                case "DEL":
                    await enrollment.ForgetSandboxAsync(request.PodNamespace, request.PodName, request.NetworkNamespace, ct);
                    return CniAnswer.Done;
                case "GC":
                    return CniAnswer.Done;
                case "STATUS":
                    return notReady() is { } reason ? throw new CniException(CniErrorCode.NotAvailable, reason) : CniAnswer.Done;
                default:
                    throw new CniException(CniErrorCode.InvalidEnvironment, $"CNI_COMMAND '{request.Command}' is none of ADD, CHECK, DEL, GC, STATUS");
            }
        }
        catch (CniException e)
        {
            LogRefused(request, e.Message);
            return CniAnswer.Error(request.Version, e);
        }
    }

    private async Task AddAsync(CniRequest request, CancellationToken ct)
    {
        if (request.PreviousResult is null)
        {
            throw new CniException(CniErrorCode.InvalidConfiguration, "prevResult is missing: nodemesh-cni makes no interface, so it must come after a plugin that does");
        }

        if (request is not { PodNamespace: { Length: > 0 } ns, PodName: { Length: > 0 } name })
        {
            // A container of somebody who uses the same networks without Kubernetes.
            return;
        }

        if (await FindAsync(request, ns, name, ct) is not { } pod)
        {
            return;
        }

        try
        {
            await enrollment.AdmitAsync(pod, request.NetworkNamespace, request.Addresses, ct);
        }
        catch (EnrollmentException e)
        {
            throw new CniException(CniErrorCode.TryAgainLater, e.Message);
        }
    }

    private async Task CheckAsync(CniRequest request, CancellationToken ct)
    {
        if (request is { PodNamespace: { Length: > 0 } ns, PodName: { Length: > 0 } name }
            && await FindAsync(request, ns, name, ct) is { IsMember: true, HasEnded: false } pod
            && enrollment.ProblemOf(pod.Uid) is { } problem)
        {
            throw new CniException(CniErrorCode.NotCaptured, $"pod {pod} belongs to the mesh and is not captured: {problem}");
        }
    }

    private async Task<MeshedPod?> FindAsync(CniRequest request, string ns, string name, CancellationToken ct)
    {
        try
        {
            if (await pods.FindAsync(ns, name, request.PodUid, ct) is { } pod)
            {
                return pod;
            }

            throw new CniException(CniErrorCode.TryAgainLater, $"pod {ns}/{name} ({request.PodUid ?? "UID not told"}) is not known to the API server, so NodeMesh cannot tell whether it belongs to the mesh");
        }
        catch (PodUnknownException e) when (excluded.Contains(ns))
        {
            LogExcluded(ns, name, e.Message);
            return null;
        }
        catch (PodUnknownException e)
        {
            throw new CniException(CniErrorCode.TryAgainLater, $"NodeMesh cannot tell whether the pod belongs to the mesh, so it must not start yet: {e.Message}");
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "CNI {Request} refused: {Reason}")]
    private partial void LogRefused(CniRequest request, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "pod {Namespace}/{Name} starts unseen, as its namespace is excluded: {Reason}")]
    private partial void LogExcluded(string @namespace, string name, string reason);
}
