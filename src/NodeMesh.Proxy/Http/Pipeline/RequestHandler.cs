namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>The rest of the pipeline of a request.</summary>
/// <param name="request">The request.</param>
/// <returns>When the request has been answered or aborted.</returns>
internal delegate Task RequestHandler(MeshRequest request);
