namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>A health check by a connection, which is closed as soon as it is made. There is nothing to say about it.</summary>
public sealed record ResilienceTcpCheck;
