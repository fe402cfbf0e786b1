namespace NodeMesh.Tunnel;

/// <summary>Why a connection through a tunnel could not be made.</summary>
public enum TunnelFailure
{
    /// <summary>The TCP connection to the far end failed or timed out.</summary>
    ConnectFailed,

    /// <summary>The TLS handshake failed, for another reason than the peer's identity.</summary>
    TlsFailed,

    /// <summary>The peer's certificate is not trusted, or names none of the expected identities.</summary>
    IdentityMismatch,

    /// <summary>The peer broke HTTP/2, or the tunnel went away before it answered.</summary>
    Http2Failed,

    /// <summary>The peer answered with another status than 2xx: <see cref="TunnelException.Status"/>.</summary>
    Refused,

    /// <summary>No certificate could be had for the source identity.</summary>
    CertificateUnavailable,

    /// <summary>The pool is closed.</summary>
    Closed,
}
