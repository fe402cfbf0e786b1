namespace NodeMesh.Identity;

/// <summary>Why there is no certificate to hand out.</summary>
public enum CertificateUnavailableReason
{
    /// <summary>Nobody added the identity (or it was removed while waiting): no pod of this node has it.</summary>
    UnknownIdentity = 0,

    /// <summary>No certificate came in the time that a connection may wait.</summary>
    TimedOut = 1,

    /// <summary>The store is being disposed.</summary>
    Stopped = 2,
}
