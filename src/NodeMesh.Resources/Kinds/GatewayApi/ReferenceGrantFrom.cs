using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Resources that may refer.</summary>
public sealed record ReferenceGrantFrom
{
    /// <summary>API group; empty for core.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    public required string Group { get; init; }

    /// <summary>The kind that refers, such as HTTPRoute.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    public required string Kind { get; init; }

    /// <summary>Namespace.</summary>
    [Length(1, 63)]
    [Matches(Patterns.DnsLabel, Patterns.DnsLabelWords)]
    public required string Namespace { get; init; }
}
