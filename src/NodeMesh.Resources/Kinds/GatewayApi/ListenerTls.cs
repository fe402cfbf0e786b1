using System.Collections.Immutable;
using System.ComponentModel;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>TLS of a listener.</summary>
[Cel("self.mode == 'Terminate' ? size(self.certificateRefs) > 0 || size(self.options) > 0 : true", "certificateRefs or options must be specified when mode is Terminate")]
public sealed record ListenerTls
{
    /// <summary>Who ends TLS; the gateway (Terminate) when missing.</summary>
    [OneOf("Terminate", "Passthrough")]
    [DefaultValue("Terminate")]
    public string? Mode { get; init; }

    /// <summary>Certificates; the first is the default.</summary>
    [Count(0, 64)]
    public ImmutableArray<SecretReference> CertificateRefs { get; init; } = [];

    /// <summary>Settings of the implementation.</summary>
    [Count(0, 16)]
    public ImmutableDictionary<string, string> Options { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How clients' certificates are checked.</summary>
    public FrontendValidation? FrontendValidation { get; init; }
}
