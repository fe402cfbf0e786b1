namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>One connection that counts as open at its endpoint until this is disposed; disposing twice counts once.</summary>
/// <param name="owner">The counts.</param>
/// <param name="uid">The endpoint's UID.</param>
internal sealed class OpenConnectionLease(OpenConnections owner, string uid) : IDisposable
{
    private int _released;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
        {
            owner.Exit(uid);
        }
    }
}
