using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Google.Protobuf;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Grpc;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.Resilience;

/// <summary>
/// Limits that all nodes share. The control plane keeps the buckets, and this takes tokens from them ahead of requests, many buckets in one call, one call at a
/// time. While the control plane cannot be asked, each node decides by buckets of its own, and nobody waits.
/// </summary>
/// <param name="keeper">Keeps the buckets.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where to log.</param>
/// <param name="maximumBuckets">The most buckets; values beyond share one.</param>
internal sealed partial class MeshRateLimiter(IRateLimitKeeper keeper, TimeProvider time, ILogger<MeshRateLimiter> log, int maximumBuckets = 100_000) : BackgroundService
{
    private static readonly TimeSpan SweepPeriod = TimeSpan.FromMilliseconds(500);
    private static readonly (TimeSpan First, TimeSpan Longest) ProbeAfter = (TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    /// <summary>Each new value of a flood meets the same.</summary>
    private static readonly TimeSpan LogFullAfter = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<RateLimitBucketKey, SharedBucket> _buckets = new();

    // Null: asks for nothing, to see whether the keeper is back. A bucket is in it once at most.
    private readonly Channel<SharedBucket?> _asks = Channel.CreateUnbounded<SharedBucket?>(new UnboundedChannelOptions { SingleReader = true });
    private readonly long _started = time.GetTimestamp();
    private int _count;
    private ulong _keeper;
    private long _calls;
    private long _decidedAlone;
    private TimeSpan _probeAfter = ProbeAfter.First;
    private long _probeAt;
    private long _aloneSince;
    private volatile string? _alone;
    private long? _fullSince;

    /// <summary>How many buckets there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Why this node decides alone; null while it shares.</summary>
    public string? AloneBecause => _alone;

    /// <summary><c>unused</c> before the first request that such a limit counts, <c>shared</c>, or <c>local: </c> and why this node decides alone.</summary>
    public string State => _alone is { } reason ? $"local: {reason}" : Volatile.Read(ref _keeper) == 0 ? "unused" : "shared";

    /// <summary>Calls of the keeper.</summary>
    public long Calls => Interlocked.Read(ref _calls);

    /// <summary>Requests that this node decided alone.</summary>
    public long DecidedAlone => Interlocked.Read(ref _decidedAlone);

    private long Now => time.GetElapsedTime(_started).Ticks;

    /// <summary>Takes a token.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="key">Whose bucket it is.</param>
    /// <param name="verdict">Whether there was one.</param>
    /// <returns>Null where that is known; else it is given the verdict within the keeper's deadline. It may be cancelled.</returns>
    public TaskCompletionSource<RateLimitVerdict>? Take(RateLimitRule rule, in RateLimitBucketKey key, out RateLimitVerdict verdict)
    {
        var now = Now;
        var bucket = _buckets.TryGetValue(key, out var found) ? found : Add(key, now);
        var take = bucket.Take(rule, now, Volatile.Read(ref _keeper), _alone is not null);
        if (take.MustAsk && !_asks.Writer.TryWrite(bucket))
        {
            // Nobody asks any more.
            GiveUp(bucket);
        }

        if (take.WasLocal)
        {
            Interlocked.Increment(ref _decidedAlone);
        }

        verdict = take.Verdict;
        return take.Waiter;
    }

    /// <summary>Has tokens given back that lie unused, forgets buckets that are like new, and looks for a keeper that was away.</summary>
    internal void Sweep()
    {
        var now = Now;
        var (keeperNow, isAlone) = (Volatile.Read(ref _keeper), _alone is not null);
        if (isAlone && now >= Interlocked.Read(ref _probeAt))
        {
            // Until it has been answered there is no other.
            Interlocked.Exchange(ref _probeAt, long.MaxValue);
            _asks.Writer.TryWrite(null);
        }

        foreach (var (key, bucket) in _buckets)
        {
            if (!isAlone && bucket.BeginReturn(now, keeperNow))
            {
                _asks.Writer.TryWrite(bucket);
            }
            else if (bucket.IsForgettable(now, isAlone) && _buckets.TryRemove(KeyValuePair.Create(key, bucket)))
            {
                Interlocked.Decrement(ref _count);
            }
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);

        // Stopped as soon as it was started, it may never have run.
        Close();
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        var (asking, sweeping) = (AskAsync(stop.Token), SweepAsync(stop.Token));
        try
        {
            // Neither ends by itself.
            await await Task.WhenAny(asking, sweeping);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFault(e);
            BecomeAlone("a fault of the proxy");
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(asking, sweeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Close();
        }
    }

    /// <summary>Nobody asks any more: the node decides alone.</summary>
    private void Close()
    {
        _asks.Writer.TryComplete();
        while (_asks.Reader.TryRead(out var bucket))
        {
            GiveUp(bucket);
        }
    }

    private static ByteString Digest(in RateLimitBucketKey key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in (ReadOnlySpan<string?>)[key.Policy.Namespace, key.Policy.Name, key.Rule, key.Service.Namespace, key.Service.Name, key.First, key.Second, key.Third, key.Fourth])
        {
            // With its length, so that no two keys are the same bytes; a value that is empty is not one that is missing.
            var bytes = Encoding.UTF8.GetBytes(part ?? "");
            var length = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(length, part is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return ByteString.CopyFrom(hash.GetHashAndReset().AsSpan(0, RateLimitMethods.KeyBytes));
    }

    private async Task SweepAsync(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(SweepPeriod, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            Sweep();
        }
    }

    private async Task AskAsync(CancellationToken ct)
    {
        var batch = new List<SharedBucket?>();
        while (await _asks.Reader.WaitToReadAsync(ct))
        {
            batch.Clear();
            while (batch.Count < RateLimitMethods.MaxAsks && _asks.Reader.TryRead(out var bucket))
            {
                batch.Add(bucket);
            }

            if (_alone is not null && !batch.Contains(null))
            {
                // They asked just before it became known.
                batch.ForEach(GiveUp);
                continue;
            }

            await AskAsync(batch, ct);
        }
    }

    private async Task AskAsync(List<SharedBucket?> batch, CancellationToken ct)
    {
        Interlocked.Increment(ref _calls);
        var (now, held) = (Now, Volatile.Read(ref _keeper));
        var buckets = batch.OfType<SharedBucket>().ToList();
        var request = new LeaseRequest { Keeper = held };
        request.Asks.AddRange(buckets.Select(b => b.Ask(now, held)));
        try
        {
            var response = await keeper.LeaseAsync(request, ct);
            if (response.Keeper == 0 || response.Grants.Count != buckets.Count)
            {
                throw new GrpcException(GrpcStatusCode.Internal, $"{response.Grants.Count} answers to {buckets.Count} asks");
            }

            Share(response.Keeper);
            if (response.Grants.Any(g => g.NoRoom) && (_fullSince is not { } since || Now - since >= LogFullAfter.Ticks))
            {
                _fullSince = Now;
                LogNoRoom();
            }

            for (var i = 0; i < buckets.Count; i++)
            {
                if (buckets[i].Accept(response.Grants[i], Now, response.Keeper, out var alone))
                {
                    _asks.Writer.TryWrite(buckets[i]);
                }

                Interlocked.Add(ref _decidedAlone, alone);
            }
        }
        catch (Exception e) when (e is GrpcException or IOException)
        {
            BecomeAlone(e.Message);
            buckets.ForEach(GiveUp);
        }
        catch (OperationCanceledException)
        {
            buckets.ForEach(GiveUp);
            throw;
        }
    }

    private void Share(ulong response)
    {
        Volatile.Write(ref _keeper, response);
        if (_alone is not null)
        {
            var alone = TimeSpan.FromTicks(Now - _aloneSince);
            LogShared(alone);
            _alone = null;
            _probeAfter = ProbeAfter.First;
        }
    }

    private void BecomeAlone(string reason)
    {
        if (_alone is null)
        {
            LogAlone(reason);
            _aloneSince = Now;
        }

        _alone = reason;
        Interlocked.Exchange(ref _probeAt, Now + _probeAfter.Ticks);
        _probeAfter = TimeSpan.FromTicks(Math.Min(2 * _probeAfter.Ticks, ProbeAfter.Longest.Ticks));
    }

    private void GiveUp(SharedBucket? bucket)
    {
        if (bucket is not null)
        {
            Interlocked.Add(ref _decidedAlone, bucket.GiveUp(Now));
        }
    }

    private SharedBucket Add(in RateLimitBucketKey key, long now)
    {
        var own = Count < maximumBuckets ? key : new RateLimitBucketKey(key.Policy, key.Rule, key.Service);
        var made = new SharedBucket(Digest(own), now);
        var bucket = _buckets.GetOrAdd(own, made);
        if (ReferenceEquals(bucket, made))
        {
            Interlocked.Increment(ref _count);
        }

        return bucket;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "rate limits of the whole mesh are decided by this node alone, as the control plane cannot be asked: {Reason}")]
    private partial void LogAlone(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "rate limits of the whole mesh are shared again, after {Duration}")]
    private partial void LogShared(TimeSpan duration);

    [LoggerMessage(Level = LogLevel.Warning, Message = "the control plane has no room for more buckets of rate limits: this node decides by its own those that are new")]
    private partial void LogNoRoom();

    [LoggerMessage(Level = LogLevel.Critical, Message = "rate limits of the whole mesh met a fault of the proxy; they are decided by this node alone")]
    private partial void LogFault(Exception exception);
}
