using System.Collections.Concurrent;
using NodeMesh.Model;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.Http.Upstream.Http1;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>One endpoint that requests of one pod go to.</summary>
/// <param name="id">A number unique in the pod's pool.</param>
/// <param name="decision">How to get there.</param>
/// <param name="isHttp2">Whether it is spoken to in HTTP/2.</param>
/// <param name="limits">What a policy says of connections to it; null for nothing.</param>
/// <param name="time">The clock.</param>
internal sealed class UpstreamTarget(long id, OutboundDecision decision, bool isHttp2, UpstreamLimits? limits, TimeProvider time)
{
    /// <summary>How to get there.</summary>
    public OutboundDecision Decision { get; } = decision;

    /// <summary>What a policy says of connections to it; null for nothing.</summary>
    public UpstreamLimits? Limits { get; } = limits;

    /// <summary>Its connections, where requests are counted for each; else null.</summary>
    public CountedConnections? Counted { get; init; }

    /// <summary>Its idle connections of HTTP/1.1, where requests are not counted.</summary>
    public Http1Pool Idle { get; } = new(limits, time);

    /// <summary>Bodies under way that may have trailers, by what their requests are marked with; null where it is not spoken to in HTTP/2.</summary>
    public ConcurrentDictionary<long, RequestBody>? Bodies { get; } = isHttp2 ? [] : null;

    /// <summary>Whether it is spoken to in HTTP/2.</summary>
    public bool IsHttp2 => isHttp2;

    /// <summary>The HTTP version.</summary>
    public Version Version { get; } = isHttp2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11;

    /// <summary>By what the HTTP client tells its pools of connections apart, before the path: never seen on the wire.</summary>
    public string Prefix { get; } = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://u{id}");

    /// <summary>When it was last used, as a timestamp.</summary>
    public long LastUsed { get; set; }
}
