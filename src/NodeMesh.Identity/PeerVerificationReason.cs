namespace NodeMesh.Identity;

/// <summary>Why a peer's certificate was refused.</summary>
public enum PeerVerificationReason
{
    /// <summary>It does not chain to a root of the bundle, or a signature on the way is wrong.</summary>
    UnknownAuthority = 0,

    /// <summary>It, or a certificate above it, is past its end.</summary>
    Expired = 1,

    /// <summary>Its validity has not begun.</summary>
    NotYetValid = 2,

    /// <summary>It names no workload: there is no SPIFFE URI among its subject alternative names.</summary>
    NoSpiffeId = 3,

    /// <summary>Its URIs are not exactly one workload identity and at most one node identity in the strict grammar.</summary>
    MalformedSpiffeId = 4,

    /// <summary>Its identity belongs to another trust domain.</summary>
    WrongTrustDomain = 5,

    /// <summary>None of its URIs is one of those expected.</summary>
    UnexpectedIdentity = 6,

    /// <summary>Its key usages do not allow this part in a handshake, or it is a CA's own certificate.</summary>
    WrongUsage = 7,
}
