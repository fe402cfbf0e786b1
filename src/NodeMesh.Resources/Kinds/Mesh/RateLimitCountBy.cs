using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Mesh;

/// <summary>Something by which requests are counted.</summary>
[Cel("has(self.header) == (self.type == 'Header')", "header must be set for type Header, and for no other")]
public sealed record RateLimitCountBy
{
    /// <summary>What it is: SourceIdentity, SourceNamespace, RemoteAddress, Header, Path or Method.</summary>
    [OneOf("SourceIdentity", "SourceNamespace", "RemoteAddress", "Header", "Path", "Method")]
    public required string Type { get; init; }

    /// <summary>The header's name, for type Header.</summary>
    [Length(1, 256)]
    [Matches(Patterns.HeaderName, Patterns.HeaderNameWords)]
    public string? Header { get; init; }
}
