using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Matches service and method.</summary>
[Cel("has(self.type) ? has(self.service) || has(self.method) : true", "One or both of 'service' or 'method' must be specified")]
public sealed record GrpcMethodMatch
{
    /// <summary>Exact when missing.</summary>
    [OneOf("Exact", "RegularExpression")]
    [DefaultValue("Exact")]
    public string? Type { get; init; }

    /// <summary>The service; any when missing.</summary>
    [Length(0, 1024)]
    public string? Service { get; init; }

    /// <summary>The method; any when missing.</summary>
    [Length(0, 1024)]
    public string? Method { get; init; }
}
