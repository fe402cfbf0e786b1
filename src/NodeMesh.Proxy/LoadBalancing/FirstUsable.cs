namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>Finds any endpoint that may be taken, for when chance found none.</summary>
internal static class FirstUsable
{
    /// <summary>Finds.</summary>
    /// <param name="group">The group.</param>
    /// <param name="start">The index to begin at.</param>
    /// <param name="query">The request.</param>
    /// <param name="panic">True when unusable endpoints are taken too.</param>
    /// <returns>The index; -1 when there is none.</returns>
    public static int Of(EndpointGroup group, int start, in EndpointQuery query, bool panic)
    {
        for (var step = 0; step < group.Count; step++)
        {
            var index = (start + step) % group.Count;
            if (group.MayTake(index, query, panic))
            {
                return index;
            }
        }

        return -1;
    }
}
