using System.Collections.Immutable;

namespace NodeMesh.Kubernetes.Discovery;

/// <summary>A kind that the API server serves in one version.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Verbs">What can be done.</param>
/// <param name="ShortNames">Short names, such as <c>po</c>.</param>
/// <param name="Subresources">Such as <c>status</c>.</param>
public sealed record ServedResource(KubernetesKind Kind, ImmutableArray<string> Verbs, ImmutableArray<string> ShortNames, ImmutableArray<string> Subresources)
{
    /// <summary>It can be listed and watched.</summary>
    public bool IsWatchable => Verbs.Contains("list") && Verbs.Contains("watch");
}
