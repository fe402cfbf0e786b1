using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>TLS to a destination.</summary>
public sealed record ClientTlsSettings
{
    /// <summary>How; DISABLE when missing.</summary>
    [OneOf("DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL")]
    public string? Mode { get; init; }

    /// <summary>File with the client's certificate.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>File with its key.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>File with the authorities.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>Secret with certificate, key and authorities.</summary>
    public string? CredentialName { get; init; }

    /// <summary>Names, one of which the server's certificate must carry.</summary>
    public ImmutableArray<string> SubjectAltNames { get; init; } = [];

    /// <summary>The server name that is sent.</summary>
    public string? Sni { get; init; }

    /// <summary>Whether the server's certificate goes unchecked.</summary>
    public bool? InsecureSkipVerify { get; init; }

    /// <summary>File with revoked certificates.</summary>
    public string? CaCrl { get; init; }
}
