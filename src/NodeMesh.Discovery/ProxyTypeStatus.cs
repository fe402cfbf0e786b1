namespace NodeMesh.Discovery;

/// <summary>How one type stands on a proxy's stream.</summary>
public sealed record ProxyTypeStatus
{
    /// <summary>The type.</summary>
    public required string TypeUrl { get; init; }

    /// <summary>True when the proxy wants all of it.</summary>
    public required bool Wildcard { get; init; }

    /// <summary>Names that it subscribed one by one.</summary>
    public required int Subscriptions { get; init; }

    /// <summary>Resources that the proxy was given.</summary>
    public required int Resources { get; init; }

    /// <summary>Changes that wait to be sent.</summary>
    public required int Pending { get; init; }

    /// <summary>Responses that wait for their ACK.</summary>
    public required int Unacknowledged { get; init; }

    /// <summary>The server's revision that the last acknowledged response brought; empty: none yet.</summary>
    public required string AcknowledgedVersion { get; init; }

    /// <summary>The server's revision of the last response sent.</summary>
    public required string SentVersion { get; init; }

    /// <summary>When the last response was sent.</summary>
    public required DateTimeOffset? LastSent { get; init; }

    /// <summary>When the last ACK came.</summary>
    public required DateTimeOffset? LastAcknowledged { get; init; }

    /// <summary>ACKs so far.</summary>
    public required long Acknowledgements { get; init; }

    /// <summary>NACKs so far.</summary>
    public required long Rejections { get; init; }

    /// <summary>Why the last NACK came; null when the last response was acknowledged.</summary>
    public required string? Rejection { get; init; }

    /// <summary>True when everything was sent and acknowledged.</summary>
    public bool Synced => Pending == 0 && Unacknowledged == 0 && Rejection is null && AcknowledgedVersion.Length > 0;
}
