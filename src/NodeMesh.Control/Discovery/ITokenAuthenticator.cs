namespace NodeMesh.Control.Discovery;

/// <summary>Tells whom a token proves.</summary>
internal interface ITokenAuthenticator
{
    /// <summary>Finds the owner of the token in an <c>authorization</c> header.</summary>
    /// <param name="authorization">The header; null when there is none.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The owner; null when there is no header, no token or no such token.</returns>
    /// <exception cref="Grpc.GrpcException">It cannot be told just now (UNAVAILABLE).</exception>
    ValueTask<TokenOwner?> FindAsync(string? authorization, CancellationToken ct);
}
