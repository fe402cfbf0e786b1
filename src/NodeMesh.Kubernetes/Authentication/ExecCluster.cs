using System.Text.Json.Serialization;

namespace NodeMesh.Kubernetes.Authentication;

/// <summary>What an exec plugin is told of the cluster. These names have dashes, as in a kubeconfig.</summary>
internal sealed record ExecCluster
{
    public string? Server { get; set; }

    [JsonPropertyName("tls-server-name")]
    public string? TlsServerName { get; set; }

    [JsonPropertyName("insecure-skip-tls-verify")]
    public bool? InsecureSkipTlsVerify { get; set; }

    [JsonPropertyName("certificate-authority-data")]
    public byte[]? CertificateAuthorityData { get; set; }

    [JsonPropertyName("proxy-url")]
    public string? ProxyUrl { get; set; }
}
