namespace NodeMesh.Identity;

/// <summary>A CA that signs requests.</summary>
public interface ICertificateSigner
{
    /// <summary>Has a request signed.</summary>
    /// <param name="request">The request.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The certificate and the roots.</returns>
    /// <exception cref="CertificateSigningException">The CA refused, could not be reached, or answered nonsense.</exception>
    Task<SignedCertificate> SignAsync(CertificateSigningRequest request, CancellationToken ct);
}
