using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>TLS of a listener.</summary>
public sealed record ServerTlsSettings
{
    /// <summary>Whether HTTP requests are redirected to HTTPS.</summary>
    public bool? HttpsRedirect { get; init; }

    /// <summary>How; PASSTHROUGH when missing.</summary>
    [OneOf("PASSTHROUGH", "SIMPLE", "MUTUAL", "AUTO_PASSTHROUGH", "ISTIO_MUTUAL", "OPTIONAL_MUTUAL")]
    public string? Mode { get; init; }

    /// <summary>File with the certificate.</summary>
    public string? ServerCertificate { get; init; }

    /// <summary>File with its key.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>File with the authorities of clients.</summary>
    public string? CaCertificates { get; init; }

    /// <summary>File with revoked certificates.</summary>
    public string? CaCrl { get; init; }

    /// <summary>Secret with certificate and key.</summary>
    public string? CredentialName { get; init; }

    /// <summary>Secrets with certificates and keys.</summary>
    [Count(0, 2)]
    public ImmutableArray<string> CredentialNames { get; init; } = [];

    /// <summary>Certificates and keys by file.</summary>
    [Count(0, 2)]
    public ImmutableArray<ServerTlsCertificate> TlsCertificates { get; init; } = [];

    /// <summary>Secret with the authorities of clients.</summary>
    public string? CaCertCredentialName { get; init; }

    /// <summary>Names, one of which a client's certificate must carry.</summary>
    public ImmutableArray<string> SubjectAltNames { get; init; } = [];

    /// <summary>Hashes of keys that clients may have.</summary>
    public ImmutableArray<string> VerifyCertificateSpki { get; init; } = [];

    /// <summary>Hashes of certificates that clients may have.</summary>
    public ImmutableArray<string> VerifyCertificateHash { get; init; } = [];

    /// <summary>The oldest version; TLS 1.2 when missing.</summary>
    [OneOf("TLS_AUTO", "TLSV1_0", "TLSV1_1", "TLSV1_2", "TLSV1_3")]
    public string? MinProtocolVersion { get; init; }

    /// <summary>The newest version.</summary>
    [OneOf("TLS_AUTO", "TLSV1_0", "TLSV1_1", "TLSV1_2", "TLSV1_3")]
    public string? MaxProtocolVersion { get; init; }

    /// <summary>Cipher suites.</summary>
    public ImmutableArray<string> CipherSuites { get; init; } = [];
}
