using NodeMesh.Model;

namespace NodeMesh.Capture;

/// <summary>One change of the enrolment directory.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Uid">The pod's UID; empty for <see cref="EnrollmentChangeKind.Synced"/>.</param>
/// <param name="Pod">The pod; null when it was removed.</param>
public sealed record EnrollmentChange(EnrollmentChangeKind Kind, string Uid, PodEnrollment? Pod);
