using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>What a route attaches to: a Service in the mesh, or a Gateway.</summary>
public sealed record ParentReference
{
    /// <summary>API group; gateway.networking.k8s.io when missing, empty for a Service.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    public string? Group { get; init; }

    /// <summary>Kind; Gateway when missing.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    [DefaultValue("Gateway")]
    public string? Kind { get; init; }

    /// <summary>Namespace; the route's own when missing.</summary>
    [Length(1, 63)]
    [Matches(Patterns.DnsLabel, Patterns.DnsLabelWords)]
    public string? Namespace { get; init; }

    /// <summary>The parent's name: of a Service for the mesh, of a Gateway for one.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>A listener of the gateway.</summary>
    [Length(1, 253)]
    [Matches(Patterns.SectionName, Patterns.SectionNameWords)]
    public string? SectionName { get; init; }

    /// <summary>A port of the Service or gateway.</summary>
    [InRange(1, 65535)]
    public int? Port { get; init; }
}
