using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Names a resource.</summary>
public sealed record ObjectReference
{
    /// <summary>API group; empty for core.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    public required string Group { get; init; }

    /// <summary>The object's kind.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    public required string Kind { get; init; }

    /// <summary>The object's name.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>Namespace; the own one when missing. Another one needs a ReferenceGrant.</summary>
    [Length(1, 63)]
    [Matches(Patterns.DnsLabel, Patterns.DnsLabelWords)]
    public string? Namespace { get; init; }
}
