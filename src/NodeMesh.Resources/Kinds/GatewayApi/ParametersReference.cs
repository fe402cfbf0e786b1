using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Names a resource with parameters.</summary>
public sealed record ParametersReference
{
    /// <summary>API group; empty for core.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    public required string Group { get; init; }

    /// <summary>The parameters' kind.</summary>
    [Matches(Patterns.Kind, Patterns.KindWords)]
    public required string Kind { get; init; }

    /// <summary>The parameters' name.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>Namespace; missing for cluster-scoped kinds.</summary>
    [Length(1, 63)]
    [Matches(Patterns.DnsLabel, Patterns.DnsLabelWords)]
    public string? Namespace { get; init; }
}
