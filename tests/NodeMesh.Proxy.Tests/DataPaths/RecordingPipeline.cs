using System.Collections.Concurrent;
using NodeMesh.Discovery;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Keeps what became of copies of requests.</summary>
internal sealed class RecordingPipeline : IPipelineObserver
{
    private readonly ConcurrentQueue<MirrorResult> _mirrored = new();
    private int _hedged;

    /// <summary>Tries that began while another of the same request went on.</summary>
    public int Hedged => Volatile.Read(ref _hedged);

    /// <summary>Waits for a copy to be done with, and says what became of the first.</summary>
    public async Task<MirrorResult> MirroredAsync()
    {
        await Eventually.TrueAsync(() => !_mirrored.IsEmpty, "a copy was done with");
        return _mirrored.First();
    }

    public void RequestMirrored(MirrorResult result) => _mirrored.Enqueue(result);

    public void RequestHedged() => Interlocked.Increment(ref _hedged);

    public void ConnectRetried()
    {
        // Of no interest here, as all that follows.
    }

    public void EndpointChecked(bool passed)
    {
    }

    public void EndpointEjected()
    {
    }

    public void PodStarted()
    {
    }

    public void PodStopped()
    {
    }

    public void DiscoveryMessage(string typeUrl)
    {
    }

    public void DiscoveryEnded(DiscoveryEnd reason)
    {
    }
}
