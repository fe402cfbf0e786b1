using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>A resource that people are told of.</summary>
/// <param name="Object">It, as it is now.</param>
/// <param name="Kind">Its kind, in the version that is served.</param>
/// <param name="HasStatus">False where the kind's definition has no status that could be written, as SMI's and Kubernetes' NetworkPolicy.</param>
/// <param name="TakesParents">True when its status is a list of parents, shared with other controllers.</param>
internal sealed record StatusTarget(KubernetesObject Object, KubernetesKind Kind, bool HasStatus, bool TakesParents);
