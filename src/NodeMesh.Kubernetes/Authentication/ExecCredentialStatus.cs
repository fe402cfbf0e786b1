namespace NodeMesh.Kubernetes.Authentication;

/// <summary>What an exec plugin answers.</summary>
internal sealed record ExecCredentialStatus
{
    public DateTimeOffset? ExpirationTimestamp { get; set; }

    public string? Token { get; set; }

    public string? ClientCertificateData { get; set; }

    public string? ClientKeyData { get; set; }

    public override string ToString() => $"expires {ExpirationTimestamp:O}";
}
