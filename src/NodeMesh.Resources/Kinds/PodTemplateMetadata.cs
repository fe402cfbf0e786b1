using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>Metadata of pods to be made.</summary>
[KnownFields("generateName", "namespace", "creationTimestamp", "finalizers")]
public sealed record PodTemplateMetadata
{
    /// <summary>Without effect: the controller names its pods.</summary>
    public string? Name { get; init; }

    /// <summary>Labels of the pods.</summary>
    public ImmutableDictionary<string, string> Labels { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Annotations of the pods.</summary>
    public ImmutableDictionary<string, string> Annotations { get; init; } = ImmutableDictionary<string, string>.Empty;
}
