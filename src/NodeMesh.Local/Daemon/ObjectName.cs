namespace NodeMesh.Local.Daemon;

/// <summary>Names an object.</summary>
/// <param name="ApiVersion">Group and version.</param>
/// <param name="Kind">The kind.</param>
/// <param name="Namespace">The namespace; empty for cluster-scoped kinds.</param>
/// <param name="Name">The name.</param>
public sealed record ObjectName(string ApiVersion, string Kind, string Namespace, string Name);
