using System.Net;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>A response's body whose disposal somebody waits for.</summary>
internal sealed class LeasedContent : HttpContent
{
    private readonly HttpContent _inner;
    private Action? _released;

    /// <summary>Wraps a body.</summary>
    /// <param name="inner">The body.</param>
    /// <param name="released">Told once when it is disposed.</param>
    public LeasedContent(HttpContent inner, Action released)
    {
        (_inner, _released) = (inner, released);
        foreach (var (name, values) in inner.Headers.NonValidated)
        {
            Headers.TryAddWithoutValidation(name, (IEnumerable<string>)values);
        }
    }

    /// <inheritdoc/>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => _inner.CopyToAsync(stream, context);

    /// <inheritdoc/>
    protected override Task<Stream> CreateContentReadStreamAsync() => _inner.ReadAsStreamAsync();

    /// <inheritdoc/>
    protected override Task<Stream> CreateContentReadStreamAsync(CancellationToken cancellationToken) => _inner.ReadAsStreamAsync(cancellationToken);

    /// <inheritdoc/>
    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
            Interlocked.Exchange(ref _released, null)?.Invoke();
        }

        base.Dispose(disposing);
    }
}
