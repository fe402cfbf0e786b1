namespace NodeMesh.Proxy.State;

/// <summary>Why a connection ended: a closed set for logs, metrics and tests.</summary>
internal enum ConnectionEndReason
{
    /// <summary>It has not ended.</summary>
    None,

    /// <summary>Both directions were closed in order.</summary>
    Completed,

    /// <summary>The client reset it.</summary>
    ClientReset,

    /// <summary>The server, or the tunnel towards it, reset it.</summary>
    ServerReset,

    /// <summary>A policy refused it when it was opened.</summary>
    PolicyDenied,

    /// <summary>A policy change closed it while it was open.</summary>
    PolicyDeniedLate,

    /// <summary>The destination's policies, or the pod itself, are not known yet.</summary>
    PolicyNotSynced,

    /// <summary>The destination is a port of the proxy itself.</summary>
    SelfCall,

    /// <summary>The destination is not in the mesh and policy says <c>REGISTRY_ONLY</c>.</summary>
    UnknownDestination,

    /// <summary>The service has no endpoint that takes connections.</summary>
    NoHealthyEndpoint,

    /// <summary>The TCP connect failed.</summary>
    ConnectFailed,

    /// <summary>There is no certificate for this end's identity.</summary>
    CertificateUnavailable,

    /// <summary>The TLS handshake failed.</summary>
    TlsFailed,

    /// <summary>The peer's certificate is good, but for somebody else.</summary>
    IdentityMismatch,

    /// <summary>The tunnel's HTTP/2 failed.</summary>
    TunnelFailed,

    /// <summary>The far proxy refused because of policy (CONNECT answered 401).</summary>
    PeerDenied,

    /// <summary>The far proxy refused for another reason (CONNECT answered something else than 200 or 401).</summary>
    PeerRefused,

    /// <summary>A CONNECT request that is malformed or for somebody else's address.</summary>
    BadRequest,

    /// <summary>Neither end sent a byte for the configured time.</summary>
    IdleTimeout,

    /// <summary>It was open for as long as the service's traffic policy allows.</summary>
    DurationLimit,

    /// <summary>One end closed its direction and the other sent nothing for the configured time.</summary>
    HalfCloseTimeout,

    /// <summary>The pod went away.</summary>
    PodRemoved,

    /// <summary>The proxy stopped.</summary>
    ProxyShutdown,

    /// <summary>The pod has its configured number of connections open already.</summary>
    QuotaExceeded,

    /// <summary>The service has as many connections from this node as its traffic policy allows.</summary>
    UpstreamOverflow,

    /// <summary>A fault of the proxy itself; the log has the exception.</summary>
    InternalError,
}
