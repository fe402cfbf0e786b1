namespace NodeMesh.Agent.Enrollment;

/// <summary>A pod could not be taken into the mesh, and must not start.</summary>
/// <param name="message">The pod, and why.</param>
internal sealed class EnrollmentException(string message) : Exception(message);
