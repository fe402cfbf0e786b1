namespace NodeMesh.Proxy.State;

/// <summary>
/// Told of every connection, twice: <see cref="Opened"/> once its route is known (or once it is known that it has none), <see cref="Closed"/> at its end.
/// Both are called on the connection's own path: do no I/O that waits, and throw nothing.
/// </summary>
internal interface IConnectionObserver
{
    /// <summary>The record's facts are final but for the counters and the end.</summary>
    /// <param name="connection">The connection.</param>
    void Opened(ConnectionRecord connection);

    /// <summary>The end, its reason and the final byte counts are known. Always after <see cref="Opened"/>, exactly once.</summary>
    /// <param name="connection">The connection.</param>
    void Closed(ConnectionRecord connection);
}
