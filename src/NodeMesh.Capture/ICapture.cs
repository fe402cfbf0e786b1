using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>A way to take a pod's connections into the node proxy without the pod's help.</summary>
public interface ICapture
{
    /// <summary>The way's name: <c>iptables</c> or <c>ebpf</c>.</summary>
    string Name { get; }

    /// <summary>Captures a pod: the listeners first, then what sends traffic to them. A pod that is captured already keeps being so throughout.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="ct">Gives up; the listeners are closed then, and the rules stay if they were in.</param>
    /// <returns>The captured pod.</returns>
    /// <exception cref="CaptureException">An annotation is malformed, the namespace is gone, or a rule could not be put in place.</exception>
    ValueTask<ICapturedPod> CaptureAsync(PodEnrollment pod, CancellationToken ct);

    /// <summary>
    /// Lets new connections of a pod that leaves the mesh go past the proxy. Those that were captured go on, and the listeners stay open: for what has been
    /// redirected and not been accepted. <see cref="ReleaseAsync"/> is to follow when they have ended.
    /// </summary>
    /// <param name="pod">The captured pod.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="CaptureException">A rule could not be removed.</exception>
    ValueTask OpenAsync(ICapturedPod pod, CancellationToken ct);

    /// <summary>Removes every trace of capture from the pod's namespace and closes its sockets. Removing twice is no error.</summary>
    /// <param name="pod">The captured pod.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="CaptureException">A rule could not be removed.</exception>
    ValueTask ReleaseAsync(ICapturedPod pod, CancellationToken ct);

    /// <summary>Puts back what somebody else has removed from a captured pod's namespace, such as flushed rules. Not to be called for a pod that is being released.</summary>
    /// <param name="pod">The captured pod.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>True when something had to be put back: meanwhile the pod's traffic passed in the clear.</returns>
    /// <exception cref="CaptureException">It could not be put back.</exception>
    ValueTask<bool> RepairAsync(ICapturedPod pod, CancellationToken ct);

    /// <summary>
    /// Ends capture of what an earlier proxy captured and none of these pods is in: they left the mesh while no proxy was there, and would stay closed for ever.
    /// Called once, when all enrolments are known.
    /// </summary>
    /// <param name="enrolled">All pods of the node that belong to the mesh, captured or not.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When it is done.</returns>
    /// <exception cref="CaptureException">It cannot be told of each pod which namespace it is in, so nothing was ended; or the kernel refused.</exception>
    ValueTask ForgetOthersAsync(IReadOnlyCollection<PodEnrollment> enrolled, CancellationToken ct);

    /// <summary>Finds out whether this machine can do it, without leaving anything behind.</summary>
    /// <param name="ct">Gives up.</param>
    /// <returns>What is missing, if anything.</returns>
    ValueTask<CaptureSupport> ProbeAsync(CancellationToken ct);
}
