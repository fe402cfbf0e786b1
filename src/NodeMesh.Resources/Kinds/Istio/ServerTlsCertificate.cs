namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>A certificate by file.</summary>
public sealed record ServerTlsCertificate
{
    /// <summary>File with the certificate.</summary>
    public string? ServerCertificate { get; init; }

    /// <summary>File with its key.</summary>
    public string? PrivateKey { get; init; }

    /// <summary>File with the authorities of clients.</summary>
    public string? CaCertificates { get; init; }
}
