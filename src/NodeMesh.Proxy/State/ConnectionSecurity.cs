namespace NodeMesh.Proxy.State;

/// <summary>How a connection's bytes travel, for logs, <c>proxy-config connection</c> and the label <c>connection_security_policy</c>.</summary>
internal enum ConnectionSecurity
{
    /// <summary>Plain TCP; the label says <c>unknown</c>.</summary>
    Plaintext,

    /// <summary>Mutual TLS 1.3; the label says <c>mutual_tls</c>.</summary>
    MutualTls,

    /// <summary>
    /// Both pods are on this node and no byte leaves the proxy's memory and the two pods' loopback-like veths. Both identities are known from
    /// enrolment and policy treats the peer as authenticated, but there is no TLS: the label says <c>same_node</c>, since <c>mutual_tls</c> would be untrue
    /// and <c>unknown</c> would hide that the principals are proven.
    /// </summary>
    SameNode,
}
