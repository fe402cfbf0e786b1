using System.Collections.Immutable;
using NodeMesh.Control.Status;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>A kind that is read from the cluster.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Required">True for what every cluster has; the others are followed while the API server serves them.</param>
internal sealed record ClusterKind(ResourceKind Kind, bool Required)
{
    private static readonly ImmutableArray<ResourceKind> GatewayKinds = [ResourceKinds.GatewayClass, ResourceKinds.Gateway, ResourceKinds.ListenerSet, ResourceKinds.BackendTlsPolicy];

    /// <summary>
    /// True when the mesh must not be served without it: what every cluster has, and kinds that refuse connections. A control plane that may not read one of these would open what an
    /// operator has closed, so it waits and says why.
    /// </summary>
    public bool IsNeeded => Required || ClosedPolicy.Exists(Kind);

    /// <summary>Which objects; null: all.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>The fields that are kept beside the metadata; null: all.</summary>
    public FieldMask? Fields { get; init; }

    /// <summary>Versions that are read, the preferred one first.</summary>
    public string[] Versions { get; init; } = [.. Kind.Versions];

    /// <summary>True when people write it for the mesh, and are told what became of it.</summary>
    public bool IsMeshKind => Fields is null;

    /// <summary>Followed only where this other kind is not served; null: always.</summary>
    public ClusterKind? InsteadOf { get; init; }

    /// <summary>True when people are told what became of it. Gateways, their classes and what hangs on them belong to the gateways' own controllers.</summary>
    public bool IsTold => IsMeshKind ? !GatewayKinds.Contains(Kind) : Kind == ResourceKinds.NetworkPolicy;

    /// <summary>True when its status is a list of parents, shared with other controllers.</summary>
    public bool TakesParents => StatusBuilder.IsRoute(Kind);
}
