using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A service that the cluster does not know.</summary>
[Cel("!(has(self.workloadSelector) && has(self.endpoints))", "only one of WorkloadSelector or Endpoints can be set")]
[Cel("!((has(self.addresses) ? self.addresses : []).exists(k, k.contains('/')) && !((has(self.resolution) ? self.resolution : 'NONE') in ['STATIC', 'NONE']))", "CIDR addresses are allowed only for NONE/STATIC resolution types")]
[Cel("(has(self.resolution) ? self.resolution : 'NONE') == 'NONE' ? !has(self.endpoints) : true", "NONE mode cannot set endpoints")]
[Cel("(has(self.resolution) ? self.resolution : '') == 'DNS_ROUND_ROBIN' ? (has(self.endpoints) ? self.endpoints.size() : 0) <= 1 : true", "DNS_ROUND_ROBIN mode cannot have multiple endpoints")]
public sealed record ServiceEntrySpec
{
    /// <summary>Host names.</summary>
    [Count(1, 256)]
    public required ImmutableArray<string> Hosts { get; init; }

    /// <summary>Virtual addresses or networks.</summary>
    [Count(0, 256)]
    public ImmutableArray<string> Addresses { get; init; } = [];

    /// <summary>Its ports.</summary>
    [Count(0, 256)]
    [UniqueBy("name")]
    public ImmutableArray<ServiceEntryPort> Ports { get; init; } = [];

    /// <summary>Whether its endpoints are in the mesh; MESH_EXTERNAL when missing.</summary>
    [OneOf("MESH_EXTERNAL", "MESH_INTERNAL")]
    public string? Location { get; init; }

    /// <summary>How its endpoints are found; NONE when missing.</summary>
    [OneOf("NONE", "STATIC", "DNS", "DNS_ROUND_ROBIN", "DYNAMIC_DNS")]
    public string? Resolution { get; init; }

    /// <summary>Its endpoints.</summary>
    [Count(0, 4096)]
    public ImmutableArray<WorkloadEntrySpec> Endpoints { get; init; } = [];

    /// <summary>Selects pods and WorkloadEntries instead.</summary>
    public WorkloadLabels? WorkloadSelector { get; init; }

    /// <summary>Namespaces that see it: names, ., ~ or *; all when missing.</summary>
    public ImmutableArray<string> ExportTo { get; init; } = [];

    /// <summary>Names, one of which an endpoint's certificate must carry.</summary>
    public ImmutableArray<string> SubjectAltNames { get; init; } = [];
}
