namespace NodeMesh.Agent.Membership;

/// <summary>It cannot be told whether a pod belongs to the mesh.</summary>
/// <param name="message">The pod and why.</param>
/// <param name="cause">The failure.</param>
internal sealed class PodUnknownException(string message, Exception cause) : Exception(message, cause);
