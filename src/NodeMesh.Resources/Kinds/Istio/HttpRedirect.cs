using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Answers with a redirect.</summary>
[AtMostOneOf("port", "derivePort")]
public sealed record HttpRedirect
{
    /// <summary>The new path.</summary>
    public string? Uri { get; init; }

    /// <summary>The new host.</summary>
    public string? Authority { get; init; }

    /// <summary>The new port.</summary>
    [InRange(0, 65535)]
    public int? Port { get; init; }

    /// <summary>Where the new port comes from.</summary>
    [OneOf("FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT")]
    public string? DerivePort { get; init; }

    /// <summary>The new scheme.</summary>
    public string? Scheme { get; init; }

    /// <summary>The status; 301 when missing.</summary>
    public int? RedirectCode { get; init; }
}
