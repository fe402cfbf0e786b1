using NodeMesh.Model;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Identity;

/// <summary>The certificates of a node's identities: keys are made here, certificates fetched, kept and renewed.</summary>
public sealed class CertificateStore : ICertificateSource, IAsyncDisposable
{
    /// <summary>Makes an empty store.</summary>
    /// <param name="signer">The CA.</param>
    /// <param name="options">Times and limits.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where to log.</param>
    public CertificateStore(ICertificateSigner signer, CertificateStoreOptions options, TimeProvider time, ILoggerFactory log)
    {
        _ = (signer, options, time, log);
    }

    /// <summary>The roots that the newest answer of the CA named; null before the first.</summary>
    public TrustBundle? Bundle { get; }

    /// <summary>Adds an identity, or counts one more reference to it. Its certificate is fetched ahead of need.</summary>
    /// <param name="identity">The identity.</param>
    /// <param name="otherUris">Further URIs that its certificates carry; the first reference decides.</param>
    public void Add(SpiffeId identity, params IEnumerable<string> otherUris) => throw new NotImplementedException();

    /// <summary>Drops one reference to an identity, and the identity with the last.</summary>
    /// <param name="identity">The identity.</param>
    public void Remove(SpiffeId identity) => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask<WorkloadCertificate> GetAsync(SpiffeId identity, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Makes the attempts that wait for their back-off at once: for when the control plane is seen to be back.</summary>
    public void RetryFailed() => throw new NotImplementedException();

    /// <summary>What is held, ordered by identity.</summary>
    public IReadOnlyList<CertificateStatus> Snapshot() => throw new NotImplementedException();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
