namespace NodeMesh.Discovery;

/// <summary>A resource that the receiver does not accept; the others of the same response stay.</summary>
/// <param name="Name">The resource's name.</param>
/// <param name="Reason">Why, for people; travels to the server in the NACK.</param>
public sealed record RejectedResource(string Name, string Reason);
