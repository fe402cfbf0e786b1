using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>The gateway of a ListenerSet.</summary>
public sealed record ParentGatewayReference
{
    /// <summary>API group; gateway.networking.k8s.io when missing.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    public string? Group { get; init; }

    /// <summary>Kind; Gateway when missing.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    [DefaultValue("Gateway")]
    public string? Kind { get; init; }

    /// <summary>The Gateway's name.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>Namespace; the own one when missing.</summary>
    [Length(1, 63)]
    [Matches(Patterns.DnsLabel, Patterns.DnsLabelWords)]
    public string? Namespace { get; init; }
}
