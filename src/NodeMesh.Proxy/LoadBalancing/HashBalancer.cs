namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>The same key goes to the same endpoint, and to the next in the table while that cannot be taken. What has no key goes anywhere.</summary>
/// <param name="random">The source of chance.</param>
internal sealed class HashBalancer(Random random) : IBalancer
{
    private readonly RandomBalancer _keyless = new(random);

    /// <inheritdoc/>
    public int Pick(EndpointGroup group, in EndpointQuery query, bool panic)
    {
        if (query.Hash is not { } hash)
        {
            return _keyless.Pick(group, query, panic);
        }

        // Weights are in the table. Slow start is not: a key that went elsewhere for a while would be worse than a slow answer.
        var table = group.Table;
        var place = table.Locate(hash);
        for (var step = 0; step < table.Size; step++)
        {
            var index = table.EndpointAt(place);
            if (group.MayTake(index, query, panic))
            {
                return index;
            }

            place = place + 1 == table.Size ? 0 : place + 1;
        }

        return -1;
    }
}
