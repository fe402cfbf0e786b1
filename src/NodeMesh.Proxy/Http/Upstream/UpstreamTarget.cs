using NodeMesh.Model;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>One endpoint that requests of one pod go to.</summary>
/// <param name="id">A number unique in the pod's pool.</param>
/// <param name="decision">How to get there.</param>
/// <param name="isHttp2">Whether it is spoken to in HTTP/2.</param>
internal sealed class UpstreamTarget(long id, OutboundDecision decision, bool isHttp2)
{
    /// <summary>How to get there.</summary>
    public OutboundDecision Decision { get; } = decision;

    /// <summary>The HTTP version.</summary>
    public Version Version { get; } = isHttp2 ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11;

    /// <summary>By what the HTTP client tells its pools of connections apart, before the path: never seen on the wire.</summary>
    public string Prefix { get; } = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://u{id}");

    /// <summary>When it was last used, as a timestamp.</summary>
    public long LastUsed { get; set; }
}
