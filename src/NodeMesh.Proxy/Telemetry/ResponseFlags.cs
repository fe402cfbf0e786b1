using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>The label <c>response_flags</c> of a connection that failed: ambient mode's words.</summary>
internal static class ResponseFlags
{
    /// <summary>The flag of a connection that did not fail.</summary>
    public const string None = "-";

    /// <summary>Tells failures from ordinary ends.</summary>
    /// <param name="reason">Why the connection ended.</param>
    /// <returns>The flag; <see cref="None"/> when the connection was served (resets and time-outs of a served connection are ordinary ends).</returns>
    public static string Of(ConnectionEndReason reason) => reason switch
    {
        ConnectionEndReason.PolicyDenied or ConnectionEndReason.PolicyDeniedLate or ConnectionEndReason.PolicyNotSynced
            or ConnectionEndReason.PeerDenied or ConnectionEndReason.SelfCall or ConnectionEndReason.QuotaExceeded
            or ConnectionEndReason.UnknownDestination => "DENY",
        ConnectionEndReason.TlsFailed => "TLS_FAILURE",
        ConnectionEndReason.TunnelFailed or ConnectionEndReason.BadRequest => "H2_HANDSHAKE_FAILURE",
        ConnectionEndReason.IdentityMismatch or ConnectionEndReason.CertificateUnavailable => "IDENTITY_ERROR",
        ConnectionEndReason.NoHealthyEndpoint or ConnectionEndReason.ConnectFailed or ConnectionEndReason.PeerRefused
            or ConnectionEndReason.InternalError => "CONNECT",
        ConnectionEndReason.UpstreamOverflow => "UO",
        _ => None,
    };
}
