namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>TLS for a whole gateway.</summary>
public sealed record GatewayTlsSettings
{
    /// <summary>How the gateway presents itself to backends.</summary>
    public GatewayBackendTls? Backend { get; init; }

    /// <summary>How clients' certificates are checked.</summary>
    public GatewayFrontendTls? Frontend { get; init; }
}
