using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds;

/// <summary>The spec of a ServiceEntry.</summary>
[KnownFields("exportTo", "subjectAltNames")]
public sealed record ServiceEntrySpec
{
    /// <summary>Host names.</summary>
    public required ImmutableArray<string> Hosts { get; init; }

    /// <summary>Virtual addresses or networks.</summary>
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Its ports.</summary>
    public ImmutableArray<ServiceEntryPort> Ports { get; init; } = [];

    /// <summary>Whether its endpoints are in the mesh.</summary>
    [OneOf("MESH_EXTERNAL", "MESH_INTERNAL")]
    public string? Location { get; init; }

    /// <summary>How its endpoints are found.</summary>
    [OneOf("NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS")]
    public string? Resolution { get; init; }

    /// <summary>Its endpoints.</summary>
    public ImmutableArray<WorkloadEntrySpec> Endpoints { get; init; } = [];

    /// <summary>Selects pods and WorkloadEntries instead.</summary>
    public ServiceEntrySelector? WorkloadSelector { get; init; }
}
