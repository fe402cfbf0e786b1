using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Names a Secret, or the like.</summary>
public sealed record SecretReference
{
    /// <summary>API group; core when missing.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    [DefaultValue("")]
    public string? Group { get; init; }

    /// <summary>Kind; Secret when missing.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    [DefaultValue("Secret")]
    public string? Kind { get; init; }

    /// <summary>The Secret's name.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>Namespace; the own one when missing. Another one needs a ReferenceGrant.</summary>
    [Length(1, 63)]
    [Matches(Patterns.DnsLabel, Patterns.DnsLabelWords)]
    public string? Namespace { get; init; }
}
