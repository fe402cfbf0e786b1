namespace NodeMesh.Tunnel.Http2;

/// <summary>A limit on how often something may happen: a burst, and a rate after it. Used by one thread.</summary>
internal struct TokenBucket
{
    private readonly TimeProvider _time;
    private readonly double _burst;
    private readonly double _perSecond;
    private double _tokens;
    private long _filledAt;

    /// <summary>Makes a full bucket.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="burst">How many may come at once.</param>
    /// <param name="perSecond">How many come back each second.</param>
    public TokenBucket(TimeProvider time, int burst, int perSecond)
    {
        _time = time;
        _burst = burst;
        _perSecond = perSecond;
        _tokens = burst;
        _filledAt = time.GetTimestamp();
    }

    /// <summary>Takes one.</summary>
    /// <returns>False when there is none.</returns>
    public bool TryTake()
    {
        if (_tokens < 1)
        {
            // The clock is read only when the bucket seems empty.
            var now = _time.GetTimestamp();
            _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _perSecond));
            _filledAt = now;
            if (_tokens < 1)
            {
                return false;
            }
        }

        _tokens--;
        return true;
    }
}
