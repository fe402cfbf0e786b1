namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>One endpoint after another, each as often as its weight says. One that warms up gives up turns by chance.</summary>
/// <param name="random">The source of chance.</param>
internal sealed class RoundRobinBalancer(Random random) : IBalancer
{
    /// <inheritdoc/>
    public int Pick(EndpointGroup group, in EndpointQuery query, bool panic)
    {
        var schedule = group.IsEven ? default : group.Schedule;
        var length = schedule.IsDefault ? group.Count : schedule.Length;
        var cold = -1;
        for (var step = 0; step < length; step++)
        {
            var turn = (int)(group.NextTurn() % (uint)length);
            var index = schedule.IsDefault ? turn : schedule[turn];
            if (!group.MayTake(index, query, panic))
            {
                continue;
            }

            if (!group.IsWarming || group.Warmth(index) is var warmth && (warmth >= 1 || random.NextDouble() < warmth))
            {
                return index;
            }

            cold = index;
        }

        // Turns are shared with other threads: one that finds only others' turns looks at each endpoint once.
        return cold >= 0 ? cold : FirstUsable.Of(group, 0, query, panic);
    }
}
