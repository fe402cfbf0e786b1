using System.Collections.Concurrent;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Keeps what is told of every request.</summary>
internal sealed class RecordingRequests : IRequestObserver
{
    private readonly ConcurrentQueue<RequestRecord> _completed = new();

    public IReadOnlyCollection<RequestRecord> All => _completed;

    public void Completed(RequestRecord request) => _completed.Enqueue(request);

    /// <summary>The record of the request for a path, once it is over.</summary>
    public async Task<RequestRecord> WaitAsync(string path)
    {
        RequestRecord? found = null;
        await Eventually.TrueAsync(() => (found = _completed.FirstOrDefault(r => r.Path == path)) is not null, $"no request for {path} was over");
        return found!;
    }
}
