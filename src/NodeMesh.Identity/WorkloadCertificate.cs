using System.Collections.Immutable;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>A certificate with its key, ready for handshakes as client and as server.</summary>
public sealed class WorkloadCertificate
{
    private readonly TrustAnchors _anchors;

    /// <summary>Makes a certificate of its parts and builds the TLS context once.</summary>
    /// <param name="identity">The workload's identity.</param>
    /// <param name="uris">All URIs that the leaf carries.</param>
    /// <param name="leaf">The leaf with its private key.</param>
    /// <param name="chain">Intermediates, nearest to the leaf first.</param>
    /// <param name="anchors">The roots that peers are verified against; follows rotation.</param>
    public WorkloadCertificate(SpiffeId identity, ImmutableArray<string> uris, X509Certificate2 leaf, ImmutableArray<X509Certificate2> chain, TrustAnchors anchors)
    {
        Identity = identity;
        Uris = uris;
        Leaf = leaf;
        Chain = chain;
        _anchors = anchors;
        SerialNumber = leaf.SerialNumber;
        NotBefore = leaf.NotBefore.ToUniversalTime();
        NotAfter = leaf.NotAfter.ToUniversalTime();
        Context = SslStreamCertificateContext.Create(leaf, [.. chain], offline: true);
    }

    /// <summary>The workload's identity.</summary>
    public SpiffeId Identity { get; }

    /// <summary>All URIs that the leaf carries; a node proxy's own has its node's beside the workload's.</summary>
    public ImmutableArray<string> Uris { get; }

    /// <summary>The leaf with its private key.</summary>
    public X509Certificate2 Leaf { get; }

    /// <summary>Intermediates, nearest to the leaf first; without the root.</summary>
    public ImmutableArray<X509Certificate2> Chain { get; }

    /// <summary>The roots to verify peers against, as of now: a root that any renewal brought counts for every certificate at once.</summary>
    public TrustBundle Bundle => _anchors.Current;

    /// <summary>The leaf's serial number in upper-case hexadecimal.</summary>
    public string SerialNumber { get; }

    /// <summary>The beginning of validity.</summary>
    public DateTimeOffset NotBefore { get; }

    /// <summary>The end of validity.</summary>
    public DateTimeOffset NotAfter { get; }

    /// <summary>Leaf, key and chain as <see cref="SslStream"/> takes them, for <c>ServerCertificateContext</c> and <c>ClientCertificateContext</c>; made offline.</summary>
    public SslStreamCertificateContext Context { get; }
}
