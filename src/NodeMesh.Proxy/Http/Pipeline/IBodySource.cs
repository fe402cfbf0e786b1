namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Something that sends the body of a request.</summary>
internal interface IBodySource
{
    /// <summary>Sends it, from its beginning.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>When all is sent.</returns>
    Task CopyToAsync(Stream target, CancellationToken cancellationToken);
}
