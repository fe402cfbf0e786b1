namespace NodeMesh.Discovery.Consuming;

/// <summary>Waits that double, half of each random, so that many proxies do not come back in step.</summary>
internal sealed class Backoff(TimeSpan min, TimeSpan max)
{
    private int _failures;

    public int Failures => _failures;

    public void Reset() => _failures = 0;

    public TimeSpan Next()
    {
        var full = Math.Min(max.Ticks, min.Ticks * Math.Pow(2, Math.Min(_failures, 40)));
        _failures++;
        return TimeSpan.FromTicks((long)((full / 2) + (Random.Shared.NextDouble() * full / 2)));
    }
}
