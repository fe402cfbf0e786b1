using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>An endpoint of an EndpointSlice.</summary>
[KnownFields("hints", "deprecatedTopology")]
public sealed record EndpointSliceEndpoint
{
    /// <summary>Its addresses; consumers use the first.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Its readiness.</summary>
    public EndpointConditions? Conditions { get; init; }

    /// <summary>A host name under the service.</summary>
    public string? Hostname { get; init; }

    /// <summary>Its node.</summary>
    public string? NodeName { get; init; }

    /// <summary>Its zone.</summary>
    public string? Zone { get; init; }

    /// <summary>The pod behind it.</summary>
    public TargetReference? TargetRef { get; init; }
}
