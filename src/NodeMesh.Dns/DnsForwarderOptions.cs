namespace NodeMesh.Dns;

/// <summary>How upstream is asked.</summary>
public sealed record DnsForwarderOptions
{
    /// <summary>How long one server may take for one attempt. Default 2 seconds: two rounds end before the 5 seconds that a stub resolver waits where there is one server.</summary>
    public TimeSpan AttemptTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How often the list of servers is gone through. Default 2.</summary>
    public int Rounds { get; init; } = 2;
}
