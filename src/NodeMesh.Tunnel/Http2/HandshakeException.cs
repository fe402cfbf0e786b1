namespace NodeMesh.Tunnel.Http2;

/// <summary>A TLS handshake failed or was refused.</summary>
/// <param name="reason">A word for metrics: <c>no-certificate</c>, <c>tls</c>, <c>alpn</c>, <c>timeout</c>, <c>closed</c>, or the verification's reason.</param>
/// <param name="message">What happened.</param>
/// <param name="isIdentity">Whether the peer's certificate was the cause.</param>
/// <param name="cause">The error below.</param>
internal sealed class HandshakeException(string reason, string message, bool isIdentity, Exception? cause = null) : IOException(message, cause)
{
    public string Reason { get; } = reason;

    public bool IsIdentity { get; } = isIdentity;
}
