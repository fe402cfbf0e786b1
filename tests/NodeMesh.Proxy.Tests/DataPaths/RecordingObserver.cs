using System.Collections.Concurrent;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Keeps every connection that ended.</summary>
internal sealed class RecordingObserver : IConnectionObserver
{
    private readonly ConcurrentQueue<ConnectionRecord> _closed = new();

    private int _count;

    public IReadOnlyCollection<ConnectionRecord> Ended => _closed;

    /// <summary>How many ended.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>False while a test makes more connections than are worth keeping.</summary>
    public bool IsKeeping { get; set; } = true;

    public void Opened(ConnectionRecord connection)
    {
    }

    public void Closed(ConnectionRecord connection)
    {
        Interlocked.Increment(ref _count);
        if (IsKeeping)
        {
            _closed.Enqueue(connection);
        }
    }

    public async Task<ConnectionRecord> WaitAsync(ConnectionDirection direction)
    {
        ConnectionRecord? found = null;
        await Eventually.TrueAsync(() => (found = _closed.FirstOrDefault(r => r.Direction == direction)) is not null, $"no {direction} connection ended");
        return found!;
    }
}
