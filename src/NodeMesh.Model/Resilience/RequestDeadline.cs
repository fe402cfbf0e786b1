namespace NodeMesh.Model.Resilience;

/// <summary>How much time a request, and one try of it, may take. All that say something count, and the least wins.</summary>
public static class RequestDeadline
{
    /// <summary>The header by which a server learns how many milliseconds its caller waits.</summary>
    public const string ExpectedTimeoutName = "x-envoy-expected-rq-timeout-ms";

    /// <summary>The lesser of two limits; zero stands for none.</summary>
    /// <param name="one">One limit.</param>
    /// <param name="other">The other.</param>
    /// <returns>The limit; zero for none.</returns>
    public static TimeSpan Least(TimeSpan one, TimeSpan other) => one <= TimeSpan.Zero ? other : other <= TimeSpan.Zero || one < other ? one : other;

    /// <summary>The time of one try: its own limit, but never beyond what is left of the request's.</summary>
    /// <param name="limit">The request's limit; zero for none.</param>
    /// <param name="elapsed">How long the request has taken so far.</param>
    /// <param name="perTry">The try's own limit; zero for none.</param>
    /// <returns>The try's time; zero for no limit, negative when the request's time is over.</returns>
    public static TimeSpan OfTry(TimeSpan limit, TimeSpan elapsed, TimeSpan perTry)
    {
        if (limit <= TimeSpan.Zero)
        {
            return perTry;
        }

        var left = limit - elapsed;
        return left <= TimeSpan.Zero ? TimeSpan.MinValue : Least(left, perTry);
    }
}
