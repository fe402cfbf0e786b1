using NodeMesh.Linux.Namespaces;
using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>Capture by rules in the pod's own network namespace.</summary>
public sealed class IptablesCapture(NetworkNamespaceBroker broker) : ICapture
{
    /// <inheritdoc/>
    public string Name => "iptables";

    /// <inheritdoc/>
    public ValueTask<ICapturedPod> CaptureAsync(PodEnrollment pod, CancellationToken ct) => throw new NotSupportedException(broker.ToString());

    /// <inheritdoc/>
    public ValueTask ReleaseAsync(ICapturedPod pod, CancellationToken ct) => throw new NotSupportedException();

    /// <inheritdoc/>
    public ValueTask<CaptureSupport> ProbeAsync(CancellationToken ct) => throw new NotSupportedException();
}
