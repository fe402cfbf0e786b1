using NodeMesh.Discovery;
using NodeMesh.Proxy.Http.Upstream;

namespace NodeMesh.Proxy.State;

/// <summary>Told of what only the pipeline sees, for metrics.</summary>
internal interface IPipelineObserver
{
    /// <summary>A connect failed before any byte and another endpoint is tried.</summary>
    void ConnectRetried();

    /// <summary>A copy of a request is done with.</summary>
    /// <param name="result">What became of it.</param>
    void RequestMirrored(MirrorResult result);

    /// <summary>A second try of a request began while the one before went on.</summary>
    void RequestHedged();

    /// <summary>An endpoint is left out for a while because of its answers.</summary>
    void EndpointEjected();

    /// <summary>A health check of an endpoint is done.</summary>
    /// <param name="passed">True when the endpoint is well.</param>
    void EndpointChecked(bool passed);

    /// <summary>A pod is served.</summary>
    void PodStarted();

    /// <summary>A pod is not served any more.</summary>
    void PodStopped();

    /// <summary>A discovery response was applied.</summary>
    /// <param name="typeUrl">Its type.</param>
    void DiscoveryMessage(string typeUrl);

    /// <summary>A discovery stream, or an attempt to open one, ended.</summary>
    /// <param name="reason">Why.</param>
    void DiscoveryEnded(DiscoveryEnd reason);
}
