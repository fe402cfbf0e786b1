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

    /// <summary>The control plane has taken a stream; called for the first time and after each interruption. Must not throw.</summary>
    void OnConnected()
    {
    }

    /// <summary>A stream, or an attempt to open one, has ended; the last state stays. Must not throw.</summary>
    /// <param name="reason">Why.</param>
    void OnEnded(DiscoveryEnd reason)
    {
    }
}
