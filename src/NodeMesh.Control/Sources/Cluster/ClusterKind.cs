using NodeMesh.Control.Status;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>A kind that is read from the cluster.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Required">True for what every cluster has; the others are followed while the API server serves them.</param>
internal sealed record ClusterKind(ResourceKind Kind, bool Required)
{
    /// <summary>Which objects; null: all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>The fields that are kept beside the metadata; null: all.</summary>
    public FieldMask? Fields { get; init; }

    /// <summary>Versions that are read, the preferred one first.</summary>
    public string[] Versions { get; init; } = [.. Kind.Versions];

    /// <summary>True when people write it for the mesh, and are told what became of it.</summary>
    public bool IsMeshKind => Fields is null;

    /// <summary>True when its status tells what became of it: Istio's kinds, and the Gateway API's routes.</summary>
    public bool TakesStatus => IsMeshKind && (TakesParents || Kind.Group.EndsWith(".istio.io", StringComparison.Ordinal));

    /// <summary>True when its status is a list of parents, shared with other controllers.</summary>
    public bool TakesParents => StatusBuilder.IsRoute(Kind);
}
