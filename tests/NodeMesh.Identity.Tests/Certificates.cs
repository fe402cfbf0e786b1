using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Model;

namespace NodeMesh.Identity.Tests;

/// <summary>Makes certificates for tests, also ones that the CA itself would refuse to make.</summary>
internal static class Certificates
{
    public const string ClientOid = "1.3.6.1.5.5.7.3.2";
    public const string ServerOid = "1.3.6.1.5.5.7.3.1";

    public static readonly SpiffeId Web = new("cluster.local", "shop", "web");
    public static readonly SpiffeId Cart = new("cluster.local", "shop", "cart");

    /// <summary>A workload certificate as a proxy would hold it.</summary>
    public static WorkloadCertificate Issue(CertificateAuthority authority, SpiffeId identity, TimeSpan? lifetime = null, TrustAnchors? anchors = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ImmutableArray<string> uris = [identity.ToString()];
        var answer = authority.Sign(SigningRequestKey.Create(key, uris), uris, lifetime ?? TimeSpan.FromHours(1));
        var leaf = X509Certificate2.CreateFromPem(answer.ChainPem[0]).CopyWithPrivateKey(key);
        return new WorkloadCertificate(identity, uris, leaf, [.. answer.ChainPem.Skip(1).Select(p => X509Certificate2.CreateFromPem(p))], anchors ?? new TrustAnchors(TrustBundle.FromPem(answer.RootsPem)));
    }

    /// <summary>A root with its key, made with the base library alone.</summary>
    public static X509Certificate2 Root(DateTimeOffset now, string name = "CN=test root")
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(100));
    }

    /// <summary>A leaf of any shape.</summary>
    public static X509Certificate2 Leaf(
        X509Certificate2 root, DateTimeOffset from, DateTimeOffset to, IEnumerable<string> uris, string[]? usages = null,
        bool isAuthority = false, X509KeyUsageFlags keyUsage = X509KeyUsageFlags.DigitalSignature, byte[]? rawNames = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(rawNames is null ? SubjectNames.Create(uris, critical: false) : new X509Extension("2.5.29.17", rawNames, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(root, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(keyUsage, true));
        OidCollection oids = [];
        foreach (var usage in usages ?? [ClientOid, ServerOid])
        {
            oids.Add(new Oid(usage));
        }

        if (oids.Count > 0)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(oids, false));
        }

        return request.Create(root.SubjectName, X509SignatureGenerator.CreateForECDsa(root.GetECDsaPrivateKey()!), from, to, SerialNumbers.Next());
    }
}
