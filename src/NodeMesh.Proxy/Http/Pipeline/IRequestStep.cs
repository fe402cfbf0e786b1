namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>One thing that is done with requests; <see cref="RequestPipeline"/> says in which order.</summary>
internal interface IRequestStep
{
    /// <summary>Does it, and calls the next step unless the request is answered by then.</summary>
    /// <param name="request">The request.</param>
    /// <param name="next">The rest of the pipeline.</param>
    /// <returns>When the request has been answered or aborted.</returns>
    Task InvokeAsync(MeshRequest request, RequestHandler next);
}
