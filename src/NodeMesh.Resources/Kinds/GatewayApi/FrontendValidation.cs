using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How clients' certificates are checked.</summary>
public sealed record FrontendValidation
{
    /// <summary>Certificates of authorities.</summary>
    [Count(1, 8)]
    public required ImmutableArray<ObjectReference> CaCertificateRefs { get; init; }

    /// <summary>What becomes of clients without a valid certificate.</summary>
    [OneOf("AllowValidOnly", "AllowInsecureFallback")]
    public string? Mode { get; init; }
}
