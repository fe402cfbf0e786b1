using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>Kubernetes' ObjectMeta.</summary>
[KnownFields("generateName", "selfLink", "deletionGracePeriodSeconds", "finalizers", "managedFields")]
public sealed record ObjectMeta
{
    /// <summary>The name, unique among its kind in the namespace.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace; null for cluster-scoped kinds, and before the default is filled in.</summary>
    public string? Namespace { get; init; }

    /// <summary>Labels.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Annotations.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Unique for ever.</summary>
    public string? Uid { get; init; }

    /// <summary>Changes with each write.</summary>
    public string? ResourceVersion { get; init; }

    /// <summary>Counts changes of the spec.</summary>
    public long? Generation { get; init; }

    /// <summary>When it was made.</summary>
    public DateTimeOffset? CreationTimestamp { get; init; }

    /// <summary>Set once it is being deleted.</summary>
    public DateTimeOffset? DeletionTimestamp { get; init; }

    /// <summary>The resources that it belongs to.</summary>
    public ImmutableArray<OwnerReference> OwnerReferences { get; init; } = [];
}
