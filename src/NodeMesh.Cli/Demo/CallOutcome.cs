namespace NodeMesh.Cli.Demo;

/// <summary>What the client saw of a call.</summary>
/// <param name="Status">The HTTP status; 0 when there was no answer.</param>
/// <param name="LatencyMilliseconds">From connecting to the last byte.</param>
/// <param name="Client">The client's address and port: they identify the connection in the proxies' logs. Null when it never connected.</param>
/// <param name="Error">What the client says went wrong; null when nothing did.</param>
internal sealed record CallOutcome(int Status, double LatencyMilliseconds, string? Client, string? Error)
{
    /// <summary>True when the server answered at all: what a policy of connections decides.</summary>
    public bool Reached => Status > 0;

    /// <summary>True when the server answered well.</summary>
    public bool Answered => Status is >= 200 and < 300;
}
