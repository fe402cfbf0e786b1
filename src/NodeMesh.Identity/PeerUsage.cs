namespace NodeMesh.Identity;

/// <summary>The part that a certificate's holder plays in a handshake, checked against the extended key usage (RFC 5280 section 4.2.1.12).</summary>
public enum PeerUsage
{
    /// <summary>The peer is the TLS client.</summary>
    Client = 0,

    /// <summary>The peer is the TLS server.</summary>
    Server = 1,
}
