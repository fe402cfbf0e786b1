namespace NodeMesh.Model.Resilience;

/// <summary>How long to wait before a try: at random up to a bound that doubles from try to try ("full jitter"), so that clients that failed together do not come back together.</summary>
public static class RetryBackoff
{
    /// <summary>The base where a policy says none: Envoy's.</summary>
    public static readonly TimeSpan DefaultBase = TimeSpan.FromMilliseconds(25);

    /// <summary>The bound grows to so many times the base: Envoy's.</summary>
    public const int MaximumFactor = 10;

    /// <summary>The wait before a try.</summary>
    /// <param name="retry">1 for the first try after the original one.</param>
    /// <param name="baseInterval">The bound of the first wait.</param>
    /// <param name="random">The source of chance.</param>
    /// <returns>The wait; shorter than the bound.</returns>
    public static TimeSpan Next(int retry, TimeSpan baseInterval, Random random)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfLessThan(retry, 1);
        var factor = Math.Min(MaximumFactor, (1L << Math.Min(retry, 30)) - 1);
        return baseInterval * factor * random.NextDouble();
    }
}
