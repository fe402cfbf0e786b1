using System.Collections.Concurrent;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Keeps every connection that ended.</summary>
internal sealed class RecordingObserver : IConnectionObserver
{
    private readonly ConcurrentQueue<ConnectionRecord> _closed = new();

    public IReadOnlyCollection<ConnectionRecord> Ended => _closed;

    public void Opened(ConnectionRecord connection)
    {
    }

    public void Closed(ConnectionRecord connection) => _closed.Enqueue(connection);

    public async Task<ConnectionRecord> WaitAsync(ConnectionDirection direction)
    {
        ConnectionRecord? found = null;
        await Eventually.TrueAsync(() => (found = _closed.FirstOrDefault(r => r.Direction == direction)) is not null, $"no {direction} connection ended");
        return found!;
    }
}
