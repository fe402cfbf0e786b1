namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Delays and failures that are put in.</summary>
public sealed record HttpFaultInjection
{
    /// <summary>A delay.</summary>
    public FaultDelay? Delay { get; init; }

    /// <summary>A failure.</summary>
    public FaultAbort? Abort { get; init; }
}
