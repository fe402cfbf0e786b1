using System.Net;
using NodeMesh.Proxy.Http.Sniffing;

namespace NodeMesh.Proxy.Http.Engine;

/// <summary>Where the engine "listens": not an address, but the version that connections handed to it speak.</summary>
/// <param name="protocol">The version.</param>
internal sealed class EngineEndPoint(WireProtocol protocol) : EndPoint
{
    /// <summary>The version.</summary>
    public WireProtocol Protocol { get; } = protocol;

    /// <inheritdoc/>
    public override string ToString() => Protocol == WireProtocol.Http2 ? "captured-http2" : "captured-http1";
}
