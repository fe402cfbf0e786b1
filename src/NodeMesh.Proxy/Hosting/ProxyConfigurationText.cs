using System.Text.Json;
using System.Text.Json.Serialization;

namespace NodeMesh.Proxy.Hosting;

/// <summary>The configuration file as it is written; <see cref="ProxyConfiguration"/> says what each field means.</summary>
internal sealed record ProxyConfigurationText
{
    /// <summary>How the file is read: unknown fields are errors, comments and trailing commas are not.</summary>
    public static JsonSerializerOptions Format { get; } = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>As the property of the same name of <see cref="ProxyConfiguration"/>; so are all below.</summary>
    public string? Node { get; init; }

    /// <summary>IP addresses.</summary>
    public IReadOnlyList<string>? NodeAddresses { get; init; }

    /// <summary>A namespace.</summary>
    public string? MeshNamespace { get; init; }

    /// <summary>A trust domain.</summary>
    public string? TrustDomain { get; init; }

    /// <summary>A DNS domain.</summary>
    public string? ClusterDomain { get; init; }

    /// <summary>A name.</summary>
    public string? ClusterId { get; init; }

    /// <summary>An https URL.</summary>
    public string? ControlPlane { get; init; }

    /// <summary>A DNS name.</summary>
    public string? ControlPlaneServerName { get; init; }

    /// <summary>A file.</summary>
    public string? RootCertificate { get; init; }

    /// <summary>A file.</summary>
    public string? TokenFile { get; init; }

    /// <summary>A directory.</summary>
    public string? EnrollmentDirectory { get; init; }

    /// <summary>A way of capture.</summary>
    public string? Capture { get; init; }

    /// <summary><c>enabled</c>, <c>proxied</c> or <c>disabled</c>.</summary>
    public string? InKernelForwarding { get; init; }

    /// <summary>A name: letters, digits, dashes, dots.</summary>
    public string? CaptureName { get; init; }

    /// <summary>Addresses, with or without port.</summary>
    public IReadOnlyList<string>? DnsUpstream { get; init; }

    /// <summary>Address and port.</summary>
    public string? AdminListen { get; init; }

    /// <summary>Address and port.</summary>
    public string? ReadinessListen { get; init; }

    /// <summary>Address and port.</summary>
    public string? MetricsListen { get; init; }

    /// <summary>A format.</summary>
    public string? LogFormat { get; init; }

    /// <summary>A level.</summary>
    public string? LogLevel { get; init; }

    /// <summary>A format, or <c>off</c>.</summary>
    public string? AccessLog { get; init; }

    /// <summary>An http or https URL.</summary>
    public string? OtlpEndpoint { get; init; }

    /// <summary>A number from 0 to 100.</summary>
    public double? TraceSampling { get; init; }

    /// <summary><c>ALLOW_ANY</c> or <c>REGISTRY_ONLY</c>.</summary>
    public string? OutboundPolicy { get; init; }

    /// <summary>A duration.</summary>
    public string? CertificateLifetime { get; init; }

    /// <summary>A positive number: <see cref="ProxyLimits.ConnectionsPerPod"/>.</summary>
    public int? ConnectionsPerPod { get; init; }

    /// <summary>A duration: <see cref="ProxyLimits.HalfCloseTimeout"/>.</summary>
    public string? HalfCloseTimeout { get; init; }

    /// <summary>A duration: <see cref="ProxyLimits.IdleTimeout"/>.</summary>
    public string? IdleTimeout { get; init; }

    /// <summary>A duration: <see cref="ProxyLimits.DrainTimeout"/>.</summary>
    public string? DrainTimeout { get; init; }

    /// <summary>A duration: <see cref="ProxyLimits.ConnectTimeout"/>.</summary>
    public string? ConnectTimeout { get; init; }
}
