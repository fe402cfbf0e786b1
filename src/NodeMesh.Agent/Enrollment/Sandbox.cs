using System.Collections.Immutable;

namespace NodeMesh.Agent.Enrollment;

/// <summary>What the container runtime told of a pod's network.</summary>
/// <param name="NetworkNamespace">The namespace's path.</param>
/// <param name="Addresses">The addresses in it.</param>
internal sealed record Sandbox(string NetworkNamespace, ImmutableArray<string> Addresses);
