using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Changes a path.</summary>
public sealed record HttpPathModifier
{
    /// <summary>What is replaced.</summary>
    [OneOf("ReplaceFullPath", "ReplacePrefixMatch")]
    public required string Type { get; init; }

    /// <summary>The new path.</summary>
    [Length(0, 1024)]
    public string? ReplaceFullPath { get; init; }

    /// <summary>What stands in for the prefix that matched.</summary>
    [Length(0, 1024)]
    public string? ReplacePrefixMatch { get; init; }
}
