using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using NodeMesh.Model.Resilience;
using NodeMesh.Proxy.Http.Pipeline;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>An endpoint's response, of which the head has come. Disposed before its end it ends the exchange.</summary>
internal abstract class UpstreamResponse : IDisposable
{
    /// <summary>The status.</summary>
    public abstract int Status { get; }

    /// <summary>The text beside the status; null or empty for none.</summary>
    public abstract string? ReasonPhrase { get; }

    /// <summary>What <c>Content-Length</c> says; null when it is not there.</summary>
    public abstract long? ContentLength { get; }

    /// <summary>What it means for retries and outlier detection.</summary>
    public abstract AttemptOutcome Outcome { get; }

    /// <summary>Copies the headers that are for the client; a repeated one is added.</summary>
    /// <param name="target">The client's headers.</param>
    public abstract void CopyHeaders(IHeaderDictionary target);

    /// <summary>Copies body and trailers, as they come and no faster than the client takes them.</summary>
    /// <param name="request">The request.</param>
    /// <param name="inChunks">True to write chunks and trailers, which the engine is told nothing of.</param>
    /// <returns>When all is copied.</returns>
    /// <exception cref="IOException">One of the two ends broke.</exception>
    /// <exception cref="OperationCanceledException">The request was given up.</exception>
    public abstract ValueTask CopyBodyAsync(MeshRequest request, bool inChunks);

    /// <summary>Joins both ends after 101 (switching protocols).</summary>
    /// <param name="request">The request.</param>
    /// <returns>When one of the two has ended.</returns>
    public abstract Task JoinAsync(MeshRequest request);

    /// <summary>The protocol that the endpoint changes to; null when it says none.</summary>
    public abstract string? Upgrade { get; }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Says whether a trailer is for the client: framing and routing are no matter of trailers (RFC 9110 section 6.5.1).</summary>
    /// <param name="name">Its name.</param>
    /// <returns>True when it is.</returns>
    protected static bool IsForClient(string name) => !HopByHop.IsDropped(name, StringValues.Empty) && !name.Equals("Host", StringComparison.OrdinalIgnoreCase);
}
