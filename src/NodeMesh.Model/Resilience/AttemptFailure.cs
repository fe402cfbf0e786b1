namespace NodeMesh.Model.Resilience;

/// <summary>Why a try got no answer.</summary>
public enum AttemptFailure
{
    /// <summary>It got one.</summary>
    None,

    /// <summary>No connection was made.</summary>
    Connect,

    /// <summary>The connection ended before any of the request was sent.</summary>
    ResetBeforeRequest,

    /// <summary>The connection or stream ended before the answer's head was there.</summary>
    Reset,

    /// <summary>The server said that it did nothing with the stream.</summary>
    RefusedStream,

    /// <summary>The try's own time was over.</summary>
    Timeout,

    /// <summary>A limit of this proxy refused it; another try would only add to that.</summary>
    Overflow,
}
