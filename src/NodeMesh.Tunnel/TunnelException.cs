namespace NodeMesh.Tunnel;

/// <summary>A connection through a tunnel could not be made.</summary>
public sealed class TunnelException : IOException
{
    /// <summary>Makes the error.</summary>
    /// <param name="reason">What failed.</param>
    /// <param name="message">A text that names the peer and, where known, the remedy.</param>
    /// <param name="inner">The cause, where there is one.</param>
    /// <param name="status">The peer's status for <see cref="TunnelFailure.Refused"/>.</param>
    public TunnelException(TunnelFailure reason, string message, Exception? inner = null, int? status = null)
        : base(message, inner)
    {
        Reason = reason;
        Status = status;
    }

    /// <summary>What failed.</summary>
    public TunnelFailure Reason { get; }

    /// <summary>Whether the destination may have got the bytes that left with the request, so that the request must not be made again.</summary>
    public bool MayHaveDelivered { get; init; }

    /// <summary>The peer's HTTP status when <see cref="Reason"/> is <see cref="TunnelFailure.Refused"/>; else nothing.</summary>
    public int? Status { get; }
}
