using System.Collections.Immutable;

namespace NodeMesh.Discovery;

/// <summary>How a client stands.</summary>
public sealed record DiscoveryClientStatus
{
    /// <summary>True while a stream is open.</summary>
    public bool Connected { get; init; }

    /// <summary>True once the first push of every type has come in full; stays true without a connection.</summary>
    public bool Synced { get; init; }

    /// <summary>When the last response came; null: never.</summary>
    public DateTimeOffset? LastUpdate { get; init; }

    /// <summary>When the stream broke; null while there is one, or when there was none yet.</summary>
    public DateTimeOffset? DisconnectedSince { get; init; }

    /// <summary>Failed attempts since the last stream.</summary>
    public int FailedAttempts { get; init; }

    /// <summary>Why the last stream or attempt ended; null when none did.</summary>
    public string? LastError { get; init; }

    /// <summary>The types.</summary>
    public ImmutableArray<DiscoveryTypeStatus> Types { get; init; } = [];

    /// <summary>How old the state may be: zero while connected, since a change would have come.</summary>
    /// <param name="now">The present.</param>
    /// <returns>The age; null when there is no state yet.</returns>
    public TimeSpan? StateAge(DateTimeOffset now) => Connected ? TimeSpan.Zero : now - (DisconnectedSince ?? LastUpdate);
}
