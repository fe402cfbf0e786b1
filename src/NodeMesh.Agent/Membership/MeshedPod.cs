using System.Collections.Immutable;

namespace NodeMesh.Agent.Membership;

/// <summary>What the agent has to know of a pod of its node.</summary>
internal sealed record MeshedPod
{
    /// <summary>The pod's UID.</summary>
    public required string Uid { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its service account.</summary>
    public required string ServiceAccount { get; init; }

    /// <summary>The UID by which the kubelet calls it: another one for pods that the kubelet has from a file.</summary>
    public required string KubeletUid { get; init; }

    /// <summary>Its addresses, as text; empty until the kubelet has told them.</summary>
    public required ImmutableArray<string> Addresses { get; init; }

    /// <summary>Annotations that capture reads.</summary>
    public required ImmutableSortedDictionary<string, string> Annotations { get; init; }

    /// <summary>True when it belongs to the mesh.</summary>
    public required bool IsMember { get; init; }

    /// <summary>True when its containers have ended for good.</summary>
    public required bool HasEnded { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{Namespace}/{Name}";
}
