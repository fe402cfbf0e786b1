using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>A name of a certificate.</summary>
public sealed record SubjectAltName
{
    /// <summary>Which of the fields below it uses.</summary>
    [OneOf("Hostname", "URI")]
    public required string Type { get; init; }

    /// <summary>The DNS name.</summary>
    [Length(1, 253)]
    [Matches(Patterns.Hostname, Patterns.HostnameWords)]
    public string? Hostname { get; init; }

    /// <summary>The URI.</summary>
    [Length(1, 253)]
    [Matches(Patterns.AbsoluteUri, Patterns.AbsoluteUriWords)]
    public string? Uri { get; init; }
}
