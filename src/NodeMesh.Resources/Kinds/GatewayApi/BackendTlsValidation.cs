using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How a backend's certificate is checked.</summary>
[Cel("!(has(self.caCertificateRefs) && size(self.caCertificateRefs) > 0 && has(self.wellKnownCACertificates) && self.wellKnownCACertificates != '')", "must not contain both CACertificateRefs and WellKnownCACertificates")]
[Cel("(has(self.caCertificateRefs) && size(self.caCertificateRefs) > 0 || has(self.wellKnownCACertificates) && self.wellKnownCACertificates != '')", "must specify either CACertificateRefs or WellKnownCACertificates")]
public sealed record BackendTlsValidation
{
    /// <summary>Certificates of authorities.</summary>
    [Count(0, 8)]
    public ImmutableArray<LocalObjectReference> CaCertificateRefs { get; init; } = [];

    /// <summary>System, for those of the system.</summary>
    [Length(1, 253)]
    [Matches(Patterns.WellKnownAuthorities, Patterns.WellKnownAuthoritiesWords)]
    public string? WellKnownCACertificates { get; init; }

    /// <summary>The name that the certificate must carry; also the server name.</summary>
    [Length(1, 253)]
    [Matches(Patterns.PreciseHostname, Patterns.PreciseHostnameWords)]
    public required string Hostname { get; init; }

    /// <summary>Names, one of which the certificate must carry instead.</summary>
    [Count(0, 5)]
    public ImmutableArray<SubjectAltName> SubjectAltNames { get; init; } = [];
}
