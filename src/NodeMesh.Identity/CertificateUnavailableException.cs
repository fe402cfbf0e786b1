using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>There is no certificate for an identity.</summary>
/// <param name="identity">Whose.</param>
/// <param name="reason">The kind of failure.</param>
/// <param name="message">What happened, with the last error of the CA.</param>
/// <param name="cause">The last error of the CA, if there was one.</param>
public sealed class CertificateUnavailableException(SpiffeId identity, CertificateUnavailableReason reason, string message, Exception? cause = null)
    : Exception(message, cause)
{
    /// <summary>Whose certificate was wanted.</summary>
    public SpiffeId Identity { get; } = identity;

    /// <summary>The kind of failure.</summary>
    public CertificateUnavailableReason Reason { get; } = reason;
}
