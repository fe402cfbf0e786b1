namespace NodeMesh.Kubernetes.Authentication;

/// <summary>Where credentials come from, and come from anew.</summary>
internal interface ICredentialSource : IDisposable
{
    /// <summary>The credential of the moment.</summary>
    ValueTask<RequestCredential> GetAsync(CancellationToken ct);

    /// <summary>The server refused one (401).</summary>
    /// <param name="refused">The refused one.</param>
    /// <returns>Whether the next may be another, so that trying again makes sense.</returns>
    bool Invalidate(RequestCredential refused);
}
