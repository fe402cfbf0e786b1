namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>Of two at random, by weight, the one with less under way for its weight: nearly as good as looking at all of them, and no herd runs to the one that looks best.</summary>
/// <param name="random">The source of chance.</param>
internal sealed class LeastRequestBalancer(Random random) : IBalancer
{
    private readonly RandomBalancer _draw = new(random);

    /// <inheritdoc/>
    public int Pick(EndpointGroup group, in EndpointQuery query, bool panic)
    {
        var first = _draw.Pick(group, query, panic);
        if (first < 0 || group.Count == 1)
        {
            return first;
        }

        var second = Other(group, first, query, panic);
        if (second < 0)
        {
            return first;
        }

        // What is under way for the weight, compared without dividing. What comes counts too, so that a large idle endpoint beats a small idle one.
        var endpoints = group.Endpoints;
        var (a, b) = ((endpoints[first].Active + 1d) * Weight(group, second), (endpoints[second].Active + 1d) * Weight(group, first));
        return a <= b ? first : second;
    }

    private int Other(EndpointGroup group, int first, in EndpointQuery query, bool panic)
    {
        if (group.Count == 2)
        {
            return group.MayTake(1 - first, query, panic) ? 1 - first : -1;
        }

        for (var draw = 0; draw < 4; draw++)
        {
            var index = group.Draw(random);
            if (index != first && group.MayTake(index, query, panic))
            {
                return index;
            }
        }

        var next = FirstUsable.Of(group, (first + 1) % group.Count, query, panic);
        return next == first ? -1 : next;
    }

    private static double Weight(EndpointGroup group, int index) => group.WeightOf(index) * group.Warmth(index);
}
