using System.Collections.Concurrent;

namespace NodeMesh.Proxy.State;

/// <summary>
/// The live connections of this proxy. A connection is registered before its authorisation check: a policy change that lands between the check and
/// the registration would otherwise miss it.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="observers">Who is told.</param>
internal sealed class ConnectionRegistry(TimeProvider time, IEnumerable<IConnectionObserver> observers)
{
    private readonly ConcurrentDictionary<long, ConnectionRecord> _live = new();
    private readonly IConnectionObserver[] _observers = [.. observers];
    private long _lastId;

    /// <summary>The live connections, in no order; a snapshot that is safe to walk.</summary>
    public IEnumerable<ConnectionRecord> Live => _live.Select(p => p.Value);

    /// <summary>How many are live.</summary>
    public int Count => _live.Count;

    /// <summary>How many have been opened and closed, in sum.</summary>
    public long Changes => (2 * Interlocked.Read(ref _lastId)) - Count;

    /// <summary>A number for a new record.</summary>
    /// <returns>Unique in this process.</returns>
    public long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>Adds a connection, before its authorisation check.</summary>
    /// <param name="connection">The connection.</param>
    public void Register(ConnectionRecord connection) => _live[connection.Id] = connection;

    /// <summary>Tells the observers that the connection's route is known, and that it may take it.</summary>
    /// <param name="connection">The connection.</param>
    public void Opened(ConnectionRecord connection)
    {
        connection.Admit();
        TellOpened(connection);
    }

    /// <summary>Removes a connection and tells the observers; does nothing the second time.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="reason">Why it ended; a reason given to <see cref="ConnectionRecord.RequestClose"/> before wins.</param>
    /// <param name="error">One line of detail; null when there is none.</param>
    public void Closed(ConnectionRecord connection, ConnectionEndReason reason, string? error = null)
    {
        TellOpened(connection);
        if (!connection.TryEnd(reason, error, time.GetUtcNow()))
        {
            return;
        }

        _live.TryRemove(connection.Id, out _);
        foreach (var observer in _observers)
        {
            observer.Closed(connection);
        }
    }

    private void TellOpened(ConnectionRecord connection)
    {
        if (!connection.TryOpen())
        {
            return;
        }

        foreach (var observer in _observers)
        {
            observer.Opened(connection);
        }
    }
}
