namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Told of every request that is over, on the request's own path: do no I/O that waits, and throw nothing.</summary>
internal interface IRequestObserver
{
    /// <summary>A request is over.</summary>
    /// <param name="request">The request; does not change any more.</param>
    void Completed(RequestRecord request);
}
