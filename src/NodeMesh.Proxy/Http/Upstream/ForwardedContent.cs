using System.Net;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>A client's body as the HTTP client wants one.</summary>
/// <param name="body">The body; null for an empty one, which only carries headers.</param>
/// <param name="length">Its length; null when the client did not say.</param>
internal sealed class ForwardedContent(IBodySource? body, long? length) : HttpContent
{
    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        body?.CopyToAsync(stream, cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long computed)
    {
        computed = length ?? 0;
        return length is not null;
    }
}
