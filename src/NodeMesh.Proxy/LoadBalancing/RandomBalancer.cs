namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>At random by weight.</summary>
/// <param name="random">The source of chance.</param>
internal sealed class RandomBalancer(Random random) : IBalancer
{
    // So many draws may hit endpoints that cannot be taken; then the next that can.
    private const int Draws = 8;

    /// <inheritdoc/>
    public int Pick(EndpointGroup group, in EndpointQuery query, bool panic)
    {
        var index = 0;
        var cold = -1;
        for (var draw = 0; draw < Draws; draw++)
        {
            index = group.Draw(random);
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

        return cold >= 0 ? cold : FirstUsable.Of(group, index, query, panic);
    }
}
