using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>Where certificates for handshakes come from.</summary>
public interface ICertificateSource
{
    /// <summary>The current certificate of an identity; waits for the first one.</summary>
    /// <param name="identity">Whose.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>A certificate that has not expired.</returns>
    /// <exception cref="CertificateUnavailableException">There is none, and none came in time; the exception says why.</exception>
    ValueTask<WorkloadCertificate> GetAsync(SpiffeId identity, CancellationToken ct);
}
