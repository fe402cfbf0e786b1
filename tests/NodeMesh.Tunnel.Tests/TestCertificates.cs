using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Identity;
using NodeMesh.Model;

namespace NodeMesh.Tunnel.Tests;

/// <summary>Certificates of a CA, made on demand; also the source that a pool asks.</summary>
internal sealed class TestCertificates(string trustDomain, TimeProvider time) : ICertificateSource
{
    private readonly CertificateAuthority _authority = CertificateAuthority.Create(trustDomain, time);
    private int _asked;

    public string TrustDomain => trustDomain;

    public TrustBundle Bundle => _authority.Bundle;

    /// <summary>How often a pool asked.</summary>
    public int Asked => Volatile.Read(ref _asked);

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromHours(24);

    public bool IsUnavailable { get; set; }

    public SpiffeId Identity(string account) => new(trustDomain, "test", account);

    public WorkloadCertificate Issue(string account, TimeSpan? lifetime = null, TrustBundle? trust = null, params string[] otherUris)
    {
        var identity = Identity(account);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ImmutableArray<string> uris = [identity.ToString(), .. otherUris];
        var signed = _authority.Sign(new PublicKey(key), uris, lifetime ?? Lifetime);
        var leaf = X509Certificate2.CreateFromPem(signed.ChainPem[0]).CopyWithPrivateKey(key);
        return new WorkloadCertificate(identity, uris, leaf, [], new TrustAnchors(trust ?? Bundle));
    }

    public ValueTask<WorkloadCertificate> GetAsync(SpiffeId identity, CancellationToken ct)
    {
        Interlocked.Increment(ref _asked);
        return IsUnavailable
            ? throw new CertificateUnavailableException(identity, default, "the CA is away")
            : new ValueTask<WorkloadCertificate>(Issue(identity.ServiceAccount));
    }
}
