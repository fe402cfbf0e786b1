namespace NodeMesh.Tunnel.Http2;

/// <summary>The peer broke the protocol in a way that ends the connection (RFC 9113 section 5.4.1).</summary>
/// <param name="code">What GOAWAY tells it.</param>
/// <param name="message">What it did.</param>
/// <param name="kind">A short word for metrics: the rule or limit that it broke.</param>
internal sealed class Http2ConnectionException(Http2ErrorCode code, string message, string kind = "protocol") : IOException(message)
{
    public Http2ErrorCode Code { get; } = code;

    public string Kind { get; } = kind;
}
