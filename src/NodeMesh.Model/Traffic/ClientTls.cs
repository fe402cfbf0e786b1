namespace NodeMesh.Model.Traffic;

/// <summary>TLS towards endpoints outside the mesh.</summary>
public sealed record ClientTls
{
    /// <summary>Whether and with what.</summary>
    public required ClientTlsMode Mode { get; init; }

    /// <summary>The server name (SNI); empty for the service's host.</summary>
    public string Sni { get; init; } = "";

    /// <summary>Names of which the server's certificate must have one; empty for the server name.</summary>
    public ValueList<string> SubjectAltNames { get; init; }

    /// <summary>The file of the certificates that are trusted, <c>system</c> for the node's; empty for the node's.</summary>
    public string CaCertificates { get; init; } = "";

    /// <summary>The file of the client's certificate; empty for none.</summary>
    public string ClientCertificate { get; init; } = "";

    /// <summary>The file of its key; empty for none.</summary>
    public string PrivateKey { get; init; } = "";

    /// <summary>True when any certificate will do.</summary>
    public bool InsecureSkipVerify { get; init; }
}
