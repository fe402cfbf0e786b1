namespace NodeMesh.Identity;

/// <summary>A certificate was not signed, or the signed one cannot be used.</summary>
/// <param name="reason">The kind of failure.</param>
/// <param name="message">What was wrong and what mends it.</param>
/// <param name="cause">The error below, if there was one.</param>
public sealed class CertificateSigningException(CertificateSigningReason reason, string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The kind of failure.</summary>
    public CertificateSigningReason Reason { get; } = reason;
}
