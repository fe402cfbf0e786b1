namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Why what is done for a request was given up.</summary>
internal enum CancelCause
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>The client went away.</summary>
    ClientGone,

    /// <summary>The request's time is up.</summary>
    RequestTimeout,
}
