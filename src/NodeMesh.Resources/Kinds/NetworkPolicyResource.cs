namespace NodeMesh.Resources.Kinds;

/// <summary>A NetworkPolicy of networking.k8s.io.</summary>
public sealed record NetworkPolicyResource : Resource
{
    /// <summary>Whom it isolates, and what passes all the same.</summary>
    public NetworkPolicySpec? Spec { get; init; }
}
