using System.Collections.Concurrent;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Proxy.Resilience;

namespace NodeMesh.Proxy.Tests.Resilience;

/// <summary>A keeper whose buckets get no new tokens, that fails, waits and forgets as a test says.</summary>
internal sealed class TestKeeper : IRateLimitKeeper
{
    private readonly Dictionary<ByteString, int> _left = [];

    /// <summary>Whose tokens they are; another number begins with full buckets.</summary>
    public ulong Keeper { get; set; } = 1;

    /// <summary>Thrown instead of an answer.</summary>
    public Exception? Error { get; set; }

    /// <summary>Answers only once this has ended.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>True: there is no room for any bucket.</summary>
    public bool IsFull { get; set; }

    /// <summary>What was asked.</summary>
    public ConcurrentQueue<LeaseRequest> Requests { get; } = new();

    /// <summary>Tokens that are with nodes or were used.</summary>
    public int Taken { get; private set; }

    public async Task<LeaseResponse> LeaseAsync(LeaseRequest request, CancellationToken ct)
    {
        Requests.Enqueue(request.Clone());
        await Gate.WaitAsync(ct);
        if (Error is { } error)
        {
            throw error;
        }

        lock (_left)
        {
            var response = new LeaseResponse { Keeper = Keeper };
            response.Grants.AddRange(request.Asks.Select(a => IsFull ? new LeaseGrant { NoRoom = true } : Grant(a, request.Keeper == Keeper)));
            return response;
        }
    }

    /// <summary>Forgets all, as a restart does.</summary>
    public void Restart()
    {
        lock (_left)
        {
            Keeper++;
            Taken = 0;
            _left.Clear();
        }
    }

    private LeaseGrant Grant(LeaseAsk ask, bool isOwn)
    {
        var left = _left.GetValueOrDefault(ask.Key, (int)ask.Burst) + (isOwn ? (int)ask.Returned : 0);
        var needed = Math.Min((int)ask.Needed, left);
        var granted = needed + Math.Min((int)ask.Ahead, (left - needed) / 4);
        Taken += granted - (isOwn ? (int)ask.Returned : 0);
        _left[ask.Key] = left - granted;
        return new LeaseGrant { Granted = (uint)granted, Left = (uint)(left - granted), Wait = Duration.FromTimeSpan(TimeSpan.FromMinutes(1)) };
    }
}
