namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Limits on connections and requests.</summary>
public sealed record ConnectionPoolSettings
{
    /// <summary>For all connections.</summary>
    public TcpPoolSettings? Tcp { get; init; }

    /// <summary>Limits on HTTP requests.</summary>
    public HttpPoolSettings? Http { get; init; }
}
