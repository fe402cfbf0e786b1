namespace NodeMesh.Kubernetes.Models;

/// <summary>A list of objects, or a page of one.</summary>
/// <typeparam name="T">The objects' type.</typeparam>
/// <param name="Metadata">The version, and how the list goes on.</param>
/// <param name="Items">The objects.</param>
public sealed record KubernetesList<T>(V1ListMeta Metadata, IReadOnlyList<T> Items);
