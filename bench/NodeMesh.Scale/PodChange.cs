using System.Diagnostics;

namespace NodeMesh.Scale;

/// <summary>A pod that changes, and who has heard of it.</summary>
/// <param name="uid">The pod's name in the model.</param>
/// <param name="healthy">What it becomes.</param>
/// <param name="subscribers">How many are to hear of it.</param>
internal sealed class PodChange(string uid, bool healthy, int subscribers)
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly double[] _heard = new double[subscribers];
    private readonly TaskCompletionSource _all = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _left = subscribers;

    public string Uid { get; } = uid;

    public bool Healthy { get; } = healthy;

    /// <summary>Ends when all have heard.</summary>
    public Task All => _all.Task;

    /// <summary>When each heard, in milliseconds since before the API server was told.</summary>
    public IReadOnlyList<double> Heard => _heard;

    public void Hear(int subscriber)
    {
        var elapsed = Stopwatch.GetElapsedTime(_began).TotalMilliseconds;
        if (Interlocked.CompareExchange(ref _heard[subscriber], elapsed, 0) == 0 && Interlocked.Decrement(ref _left) == 0)
        {
            _all.TrySetResult();
        }
    }
}
