using NodeMesh.Model.Balancing;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>
/// The endpoints of a cluster at one instant, in groups, and which part of the traffic each group gets. Choosing allocates nothing. What depends on how
/// endpoints behave is computed anew by <see cref="Refresh"/>, which is rare.
/// </summary>
/// <param name="groups">The groups, the best first.</param>
/// <param name="shared">True when the groups have shares of their own, false when the first that can takes all.</param>
/// <param name="balancer">Chooses within a group.</param>
/// <param name="random">The source of chance.</param>
/// <param name="panicPercent">With a smaller share of usable endpoints than this, unusable ones are taken too.</param>
internal sealed class EndpointSet(EndpointGroup[] groups, bool shared, IBalancer balancer, Random random, int panicPercent)
{
    private Split _split = Split.Of(groups, shared, panicPercent);

    /// <summary>The groups.</summary>
    public ReadOnlySpan<EndpointGroup> Groups => groups;

    /// <summary>How many endpoints there are.</summary>
    public int Count { get; } = groups.Sum(g => g.Count);

    /// <summary>Computes anew which group gets which part.</summary>
    public void Refresh() => Volatile.Write(ref _split, Split.Of(groups, shared, panicPercent));

    /// <summary>Chooses.</summary>
    /// <param name="query">The request.</param>
    /// <returns>The endpoint; null when none may be taken.</returns>
    public UpstreamEndpoint? Choose(in EndpointQuery query)
    {
        if (groups.Length == 0)
        {
            return null;
        }

        if (query.Pinned is { } pinned && Find(pinned, query) is { } own)
        {
            return own;
        }

        var split = Volatile.Read(ref _split);
        if (query.Left is { } left && PickElsewhere(left, split, query) is { } remote)
        {
            return remote;
        }

        var drawn = split.Draw(query.Hash, random);
        if (Pick(drawn, split, query) is { } endpoint)
        {
            return endpoint;
        }

        // Those that failed already may have been all of the group.
        for (var i = 0; i < groups.Length; i++)
        {
            if (i != drawn && Pick(i, split, query) is { } other)
            {
                return other;
            }
        }

        return null;
    }

    /// <summary>Of the nearest group that no try went to yet.</summary>
    private UpstreamEndpoint? PickElsewhere(IReadOnlyList<UpstreamEndpoint> left, Split split, in EndpointQuery query)
    {
        for (var i = 0; i < groups.Length; i++)
        {
            if (!ContainsAny(groups[i], left) && Pick(i, split, query) is { } endpoint)
            {
                return endpoint;
            }
        }

        return null;
    }

    private static bool ContainsAny(EndpointGroup group, IReadOnlyList<UpstreamEndpoint> endpoints)
    {
        foreach (var endpoint in group.Endpoints)
        {
            if (endpoints.Contains(endpoint))
            {
                return true;
            }
        }

        return false;
    }

    private UpstreamEndpoint? Pick(int index, Split split, in EndpointQuery query)
    {
        var group = groups[index];
        if (group.Count == 0)
        {
            return null;
        }

        var found = balancer.Pick(group, query, split.Panics[index]);
        return found < 0 ? null : group.Endpoints[found];
    }

    private UpstreamEndpoint? Find(ulong key, in EndpointQuery query)
    {
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Count; i++)
            {
                if (group.Endpoints[i].Key == key)
                {
                    return group.MayTake(i, query, panic: false) ? group.Endpoints[i] : null;
                }
            }
        }

        return null;
    }

    private sealed record Split(int[] Percents, bool[] Panics, int Only)
    {
        public static Split Of(EndpointGroup[] groups, bool shared, int panicPercent)
        {
            var (usable, total) = (new int[groups.Length], new int[groups.Length]);
            for (var i = 0; i < groups.Length; i++)
            {
                total[i] = groups[i].Count;
                foreach (var endpoint in groups[i].Endpoints)
                {
                    usable[i] += endpoint.IsUsable ? 1 : 0;
                }
            }

            var percents = new int[groups.Length];
            if (shared)
            {
                PriorityLoad.Share([.. groups.Select(g => g.Share)], usable, total, percents);
            }
            else
            {
                PriorityLoad.Compute(usable, total, percents);
            }

            var panics = new bool[groups.Length];
            var none = percents.AsSpan().IndexOfAnyExcept(0) < 0;
            for (var i = 0; i < groups.Length; i++)
            {
                panics[i] = total[i] > 0 && usable[i] * 100L < (long)panicPercent * total[i];
            }

            if (none && percents.Length > 0)
            {
                // Nothing is usable: if anything may be taken, then of the best.
                percents[0] = 100;
            }

            return new Split(percents, panics, percents.AsSpan().IndexOf(100));
        }

        public int Draw(ulong? hash, Random random)
        {
            if (Only >= 0)
            {
                return Only;
            }

            // A key must find the same group every time.
            var ticket = hash is { } key ? (int)(key % 100) : random.Next(100);
            for (var i = 0; i < Percents.Length; i++)
            {
                ticket -= Percents[i];
                if (ticket < 0)
                {
                    return i;
                }
            }

            return 0;
        }
    }
}
