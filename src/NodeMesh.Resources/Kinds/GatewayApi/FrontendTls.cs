namespace NodeMesh.Resources.Kinds.GatewayApi;

/// <summary>How clients' certificates are checked.</summary>
public sealed record FrontendTls
{
    /// <summary>The checks; none when missing.</summary>
    public FrontendValidation? Validation { get; init; }
}
