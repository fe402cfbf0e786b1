using System.Collections.Immutable;
using NodeMesh.Model.Balancing;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>Endpoints that are equally near: one priority, or one share. Immutable but for the endpoints' own state and the place of round robin.</summary>
internal sealed class EndpointGroup
{
    private readonly UpstreamEndpoint[] _endpoints;
    private readonly long[] _weights;
    private readonly long[] _sums;
    private readonly LoadBalancer _settings;
    private readonly TimeProvider _time;
    private readonly bool _warming;
    private ImmutableArray<int> _schedule;
    private IHashTable? _table;
    private uint _turn;

    /// <summary>Makes a group.</summary>
    /// <param name="endpoints">The endpoints.</param>
    /// <param name="settings">How they are chosen.</param>
    /// <param name="share">The group's share of the traffic, where it has one of its own.</param>
    /// <param name="start">Where round robin begins, so that not all nodes begin with the same endpoint.</param>
    /// <param name="time">The clock.</param>
    public EndpointGroup(UpstreamEndpoint[] endpoints, LoadBalancer settings, int share, uint start, TimeProvider time)
    {
        _endpoints = endpoints;
        _settings = settings;
        _time = time;
        _turn = start;
        Share = share;
        _weights = [.. endpoints.Select(e => (long)Math.Max(1, e.Workload.Capacity))];
        _sums = new long[_weights.Length];
        var sum = 0L;
        for (var i = 0; i < _weights.Length; i++)
        {
            _sums[i] = sum += _weights[i];
        }

        IsEven = _weights.AsSpan().IndexOfAnyExcept(_weights.Length == 0 ? 0 : _weights[0]) < 0;
        _warming = settings.SlowStart is not null && endpoints.Any(e => e.Began is not null);
    }

    /// <summary>The endpoints.</summary>
    public ReadOnlySpan<UpstreamEndpoint> Endpoints => _endpoints;

    /// <summary>How many there are.</summary>
    public int Count => _endpoints.Length;

    /// <summary>The group's share of the traffic, where shares count.</summary>
    public int Share { get; }

    /// <summary>True when all weights are equal.</summary>
    public bool IsEven { get; }

    /// <summary>True while an endpoint may be warming up.</summary>
    public bool IsWarming => _warming;

    /// <summary>The order of round robin; each index once where weights are equal.</summary>
    public ImmutableArray<int> Schedule
    {
        get
        {
            if (_schedule.IsDefault)
            {
                ImmutableInterlocked.InterlockedInitialize(ref _schedule, WeightedSchedule.Create(_weights));
            }

            return _schedule;
        }
    }

    /// <summary>The table of a hashing algorithm; made when it is first needed.</summary>
    public IHashTable Table
    {
        get
        {
            if (Volatile.Read(ref _table) is not { } table)
            {
                var made = MakeTable();
                table = Interlocked.CompareExchange(ref _table, made, null) ?? made;
            }

            return table;
        }
    }

    /// <summary>The next turn of round robin.</summary>
    /// <returns>A number that only ever grows, until it wraps.</returns>
    public uint NextTurn() => Interlocked.Increment(ref _turn);

    /// <summary>An endpoint's weight.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>At least 1.</returns>
    public long WeightOf(int index) => _weights[index];

    /// <summary>Draws an endpoint at random by weight.</summary>
    /// <param name="random">The source of chance.</param>
    /// <returns>Its index.</returns>
    public int Draw(Random random)
    {
        if (IsEven)
        {
            return random.Next(_endpoints.Length);
        }

        // The first whose sum is beyond the ticket.
        var found = Array.BinarySearch(_sums, random.NextInt64(_sums[^1]) + 1);
        return found >= 0 ? found : ~found;
    }

    /// <summary>How much of its share an endpoint gets as yet.</summary>
    /// <param name="index">Its index.</param>
    /// <returns>Above 0, and 1 when it is warm.</returns>
    public double Warmth(int index) => _warming && _endpoints[index].Began is { } began ? WarmUp.Factor(_settings.SlowStart!, _time.GetElapsedTime(began)) : 1;

    /// <summary>Says whether an endpoint may be taken.</summary>
    /// <param name="index">Its index.</param>
    /// <param name="query">The request.</param>
    /// <param name="panic">True when unusable ones are taken too.</param>
    /// <returns>True when it may.</returns>
    public bool MayTake(int index, in EndpointQuery query, bool panic)
    {
        var endpoint = _endpoints[index];
        return (panic || endpoint.IsUsable) && query.Excluded?.Contains(endpoint.Uid) != true;
    }

    private IHashTable MakeTable()
    {
        var names = new string[_endpoints.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = _endpoints[i].Uid;
        }

        return _settings.Hash is { Maglev: true } maglev
            ? MaglevTable.Create(names, _weights, maglev.TableSize)
            : HashRing.Create(names, _weights, _settings.Hash?.MinimumRingSize ?? HashRing.DefaultMinimumSize);
    }
}
