using System.Collections.Immutable;

namespace NodeMesh.Discovery;

/// <summary>Takes what discovery brings; called for one update at a time.</summary>
public interface IDiscoveryHandler
{
    /// <summary>Applies an update; the response is acknowledged after the task ends.</summary>
    /// <param name="update">What changes.</param>
    /// <param name="cancellationToken">The client stops.</param>
    /// <returns>The resources that were not accepted; empty: all were.</returns>
    ValueTask<ImmutableArray<RejectedResource>> ApplyAsync(DiscoveryUpdate update, CancellationToken cancellationToken);
}
