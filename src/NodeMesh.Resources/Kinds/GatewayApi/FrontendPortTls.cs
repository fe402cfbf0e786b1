using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How clients' certificates are checked on one port.</summary>
public sealed record FrontendPortTls
{
    /// <summary>The listeners' port.</summary>
    [InRange(1, 65535)]
    public required int Port { get; init; }

    /// <summary>The setting.</summary>
    public required FrontendTls Tls { get; init; }
}
