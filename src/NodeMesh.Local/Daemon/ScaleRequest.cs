namespace NodeMesh.Local.Daemon;

/// <summary>What <c>scale</c> sends.</summary>
/// <param name="Object">A Deployment or StatefulSet.</param>
/// <param name="Replicas">How many pods.</param>
public sealed record ScaleRequest(ObjectName Object, int Replicas);
