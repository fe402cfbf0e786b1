namespace NodeMesh.Resources.Kinds;

/// <summary>What a hook does.</summary>
public sealed record LifecycleHandler
{
    /// <summary>Runs a command.</summary>
    public ExecAction? Exec { get; init; }

    /// <summary>Sends a request.</summary>
    public HttpGetAction? HttpGet { get; init; }

    /// <summary>Deprecated; without effect.</summary>
    public TcpSocketAction? TcpSocket { get; init; }

    /// <summary>Waits.</summary>
    public SleepAction? Sleep { get; init; }
}
