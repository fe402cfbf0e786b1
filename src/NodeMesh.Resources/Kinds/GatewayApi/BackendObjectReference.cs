using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A backend without a weight.</summary>
[Cel("(size(self.group) == 0 && self.kind == 'Service') ? has(self.port) : true", "Must have port for Service reference")]
public record BackendObjectReference
{
    /// <summary>API group; core when missing.</summary>
    [Matches(Patterns.Group, Patterns.GroupWords)]
    [DefaultValue("")]
    public string? Group { get; init; }

    /// <summary>Kind; Service when missing.</summary>
    [Length(1, 63)]
    [Matches(Patterns.Kind, Patterns.KindWords)]
    [DefaultValue("Service")]
    public string? Kind { get; init; }

    /// <summary>The backend's name.</summary>
    [Length(1, 253)]
    public required string Name { get; init; }

    /// <summary>Namespace; the route's own when missing. Another one needs a ReferenceGrant.</summary>
    [Length(1, 63)]
    [Matches(Patterns.DnsLabel, Patterns.DnsLabelWords)]
    public string? Namespace { get; init; }

    /// <summary>The port; needed for a Service.</summary>
    [InRange(1, 65535)]
    public int? Port { get; init; }
}
