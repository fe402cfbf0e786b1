using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>Changes a path.</summary>
[Cel("has(self.replaceFullPath) == (self.type == 'ReplaceFullPath')", "replaceFullPath must be set for type ReplaceFullPath, and for no other")]
[Cel("has(self.replacePrefixMatch) == (self.type == 'ReplacePrefixMatch')", "replacePrefixMatch must be set for type ReplacePrefixMatch, and for no other")]
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
