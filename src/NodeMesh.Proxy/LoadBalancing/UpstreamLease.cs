namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>One connection that counts as open at its endpoint, and towards the limits of its cluster, until this is disposed; disposing twice counts once.</summary>
/// <param name="cluster">The cluster, whose limit was asked already.</param>
/// <param name="endpoint">The endpoint, which counts it already.</param>
internal sealed class UpstreamLease(UpstreamCluster cluster, UpstreamEndpoint endpoint) : IDisposable
{
    private int _released;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            endpoint.Exit();
            cluster.Circuit.ExitConnection();
        }
    }
}
