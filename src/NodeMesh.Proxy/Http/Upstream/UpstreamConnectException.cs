using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Http.Upstream;

/// <summary>No connection to an endpoint could be made.</summary>
/// <param name="reason">Why.</param>
/// <param name="message">One line of detail.</param>
internal sealed class UpstreamConnectException(ConnectionEndReason reason, string message) : IOException(message)
{
    /// <summary>Why.</summary>
    public ConnectionEndReason Reason { get; } = reason;
}
