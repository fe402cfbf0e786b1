namespace NodeMesh.Resources.Kinds;

/// <summary>The other end: pods, pods of namespaces, or addresses.</summary>
public sealed record NetworkPolicyPeer
{
    /// <summary>Pods by label: of the policy's namespace, or of those that namespaceSelector selects.</summary>
    public LabelSelector? PodSelector { get; init; }

    /// <summary>Namespaces by label; all when it is empty.</summary>
    public LabelSelector? NamespaceSelector { get; init; }

    /// <summary>Addresses; goes with no selector.</summary>
    public IPBlock? IpBlock { get; init; }
}
