namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How the gateway presents itself to backends.</summary>
public sealed record GatewayBackendTls
{
    /// <summary>Its client certificate.</summary>
    public SecretReference? ClientCertificateRef { get; init; }
}
