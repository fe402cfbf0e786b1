namespace NodeMesh.Model;

/// <summary>The node proxy's answer to a <see cref="PodEnrollment"/>: a file <c>UID.status</c> in JSON.</summary>
/// <param name="Uid">The pod's UID.</param>
/// <param name="Captured">True once rules and listeners are in place, so that the application may start.</param>
/// <param name="CaptureMode"><c>iptables</c> or <c>ebpf</c>.</param>
/// <param name="Error">Why the pod could not be captured; null when it was.</param>
/// <param name="NetworkNamespace">The namespace that is meant, as the enrolment named it: a pod whose sandbox is made anew has the same UID and another namespace.</param>
public sealed record PodEnrollmentStatus(string Uid, bool Captured, string CaptureMode, string? Error, string? NetworkNamespace = null);
