namespace NodeMesh.Discovery;

/// <summary>One resource that came.</summary>
/// <param name="Name">Its name: a workload's UID, <c>namespace/hostname</c> of a service, <c>namespace/name</c> of a policy, a node's name.</param>
/// <param name="Version">A hash of its content.</param>
/// <param name="Model">A <see cref="NodeMesh.Model.Workload"/>, <see cref="NodeMesh.Model.Service"/>, <see cref="NodeMesh.Model.AuthorizationPolicy"/> or <see cref="NodeMesh.Model.MeshNode"/>.</param>
public sealed record DiscoveredResource(string Name, string Version, object Model);
