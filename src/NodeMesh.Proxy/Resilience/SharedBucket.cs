using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.Resilience;

/// <summary>
/// This node's part of a bucket that all nodes share: the tokens that it has taken from the keeper, the requests that wait for some, and the bucket of its own
/// by which it decides while it cannot ask. Each request that the shared bucket lets through takes a token of its own bucket too, so that a keeper that goes
/// away gives nobody a full one on top.
/// </summary>
/// <param name="key">What names the bucket to the keeper.</param>
/// <param name="made">The time, in ticks of <see cref="TimeSpan"/> on the limiter's clock.</param>
internal sealed class SharedBucket(ByteString key, long made)
{
    /// <summary>For so long the expected requests are provided for, and for so long tokens without requests are held.</summary>
    public static readonly TimeSpan Hold = TimeSpan.FromSeconds(1);

    /// <summary>An empty bucket is asked for again when its next token has come; not so often that a flood becomes one of asks, nor so late that a returned token is wasted.</summary>
    private static readonly (TimeSpan Least, TimeSpan Most) RetryAfter = (TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));

    /// <summary>A keeper without room for the bucket is asked again after this.</summary>
    private static readonly TimeSpan NoRoomFor = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly RateLimitBucket _own = new();
    private readonly Queue<TaskCompletionSource<RateLimitVerdict>> _waiting = new();
    private RateLimitRule? _rule;
    private ulong _keeper;
    private int _tokens;
    private int _left;
    private int _used;
    private int _expected;
    private int _needed;
    private bool _isAsking;

    // So that the first request of all looks like one after a pause.
    private long _askedAt = made - (2 * Hold.Ticks);
    private long _usedAt = made;
    private long _nextTokenAt;
    private long _askAgainAt = long.MinValue;
    private long _ownUntil = long.MinValue;

    /// <summary>Takes a token, or a place among those that wait for one.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="now">The time.</param>
    /// <param name="keeper">The keeper whose tokens count.</param>
    /// <param name="isAlone">True while the keeper cannot be asked.</param>
    /// <returns>What becomes of the request.</returns>
    public SharedTake Take(RateLimitRule rule, long now, ulong keeper, bool isAlone)
    {
        lock (_gate)
        {
            _rule = rule;
            _usedAt = now;
            if (isAlone || now < _ownUntil)
            {
                return new SharedTake(_own.Take(rule, now), WasLocal: true);
            }

            DropOthers(keeper);
            if (_tokens > 0)
            {
                var verdict = UseToken(rule, now);
                var asks = !_isAsking && _tokens * 2 < _expected;
                _isAsking |= asks;
                return new SharedTake(verdict, MustAsk: asks);
            }

            if (now < _askAgainAt)
            {
                return new SharedTake(Refusal(now));
            }

            var waiter = new TaskCompletionSource<RateLimitVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(waiter);
            var first = !_isAsking;
            _isAsking = true;
            return new SharedTake(default, waiter, MustAsk: first);
        }
    }

    /// <summary>Says what to ask the keeper for.</summary>
    /// <param name="now">The time.</param>
    /// <param name="keeper">The keeper whose tokens count.</param>
    /// <returns>The ask.</returns>
    public LeaseAsk Ask(long now, ulong keeper)
    {
        lock (_gate)
        {
            DropOthers(keeper);
            var rule = _rule ?? throw new InvalidOperationException("nobody has taken of the bucket");
            _needed = _waiting.Count(static w => !w.Task.IsCompleted);
            var returned = 0;
            if (IsIdle(now))
            {
                (returned, _tokens, _expected) = (Math.Min(_tokens, rule.Burst), 0, 0);
            }
            else
            {
                // As many as came in the last while. At first, when that is of a few moments, no more than four times those that were there: half of them
                // are used when it asks again, so the number doubles.
                var seen = _used + _needed;
                _expected = (int)Math.Min(Math.Min(4L * seen, rule.Burst), seen * Hold.Ticks / Math.Max(1, now - _askedAt));
            }

            (_askedAt, _used) = (now, 0);
            return new LeaseAsk
            {
                Key = key,
                Requests = (uint)rule.Requests,
                Period = Duration.FromTimeSpan(rule.Period),
                Burst = (uint)rule.Burst,
                Needed = (uint)_needed,
                Ahead = (uint)Math.Max(0, _expected - _tokens),
                Returned = (uint)returned,
            };
        }
    }

    /// <summary>Takes the keeper's answer to the last <see cref="Ask"/>.</summary>
    /// <param name="grant">The answer.</param>
    /// <param name="now">The time.</param>
    /// <param name="keeper">Who answered.</param>
    /// <param name="decidedAlone">How many requests were judged by the node's own bucket, as there is no room for another with the keeper.</param>
    /// <returns>True when it has to be asked again, as there are requests that came meanwhile.</returns>
    public bool Accept(LeaseGrant grant, long now, ulong keeper, out int decidedAlone)
    {
        decidedAlone = 0;
        lock (_gate)
        {
            DropOthers(keeper);
            _isAsking = false;
            if (grant.NoRoom)
            {
                _ownUntil = now + NoRoomFor.Ticks;
                decidedAlone = DecideAlone(now);
                return false;
            }

            _tokens += (int)grant.Granted;
            _left = (int)grant.Left;
            while (_tokens > 0 && _waiting.TryDequeue(out var waiter))
            {
                // One whose client has gone needs none.
                if (waiter.TrySetResult(new RateLimitVerdict(true, _tokens - 1 + _left, TimeSpan.Zero)))
                {
                    UseToken(_rule!, now);
                }
            }

            if ((int)grant.Granted < _needed)
            {
                var wait = grant.Wait.ToTimeSpan();
                _nextTokenAt = now + wait.Ticks;
                _askAgainAt = now + Math.Clamp(wait.Ticks, RetryAfter.Least.Ticks, RetryAfter.Most.Ticks);
                while (_tokens == 0 && _waiting.TryDequeue(out var waiter))
                {
                    waiter.TrySetResult(Refusal(now));
                }
            }

            return _isAsking = _waiting.Count > 0;
        }
    }

    /// <summary>The keeper cannot be asked: those that wait are judged by the node's own bucket.</summary>
    /// <param name="now">The time.</param>
    /// <returns>How many waited.</returns>
    public int GiveUp(long now)
    {
        lock (_gate)
        {
            _isAsking = false;
            return DecideAlone(now);
        }
    }

    /// <summary>Looks whether tokens lie unused.</summary>
    /// <param name="now">The time.</param>
    /// <param name="keeper">The keeper whose tokens count.</param>
    /// <returns>True when they have to be given back, by an ask.</returns>
    public bool BeginReturn(long now, ulong keeper)
    {
        lock (_gate)
        {
            DropOthers(keeper);
            var begins = _tokens > 0 && !_isAsking && IsIdle(now);
            _isAsking |= begins;
            return begins;
        }
    }

    /// <summary>Looks whether the bucket is like one that was never asked for.</summary>
    /// <param name="now">The time.</param>
    /// <param name="isAlone">True while the keeper cannot be asked: then tokens that lie unused are lost.</param>
    /// <returns>True when it may be forgotten.</returns>
    public bool IsForgettable(long now, bool isAlone)
    {
        lock (_gate)
        {
            return !_isAsking && (_tokens == 0 || isAlone) && IsIdle(now) && _own.FullAt <= now && _askAgainAt <= now && _ownUntil <= now;
        }
    }

    private bool IsIdle(long now) => _waiting.Count == 0 && now - _usedAt >= Hold.Ticks;

    private RateLimitVerdict Refusal(long now) => new(false, 0, TimeSpan.FromTicks(Math.Max(1, _nextTokenAt - now)));

    private RateLimitVerdict UseToken(RateLimitRule rule, long now)
    {
        _tokens--;
        _used++;
        return _own.Take(rule, now) with { Allowed = true, Remaining = _tokens + _left };
    }

    /// <summary>Tokens of a keeper that is gone are worth nothing.</summary>
    private void DropOthers(ulong keeper)
    {
        if (_keeper != keeper)
        {
            (_keeper, _tokens, _left, _askAgainAt) = (keeper, 0, 0, long.MinValue);
        }
    }

    private int DecideAlone(long now)
    {
        var count = 0;
        while (_waiting.TryDequeue(out var waiter))
        {
            count++;
            if (!waiter.Task.IsCompleted)
            {
                waiter.TrySetResult(_own.Take(_rule!, now));
            }
        }

        return count;
    }
}
