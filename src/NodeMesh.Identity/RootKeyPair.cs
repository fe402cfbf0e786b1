using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeMesh.Identity;

/// <summary>A self-signed root with its key.</summary>
internal sealed class RootKeyPair : IDisposable
{
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(1);
    private const int LifetimeYears = 10;

    public RootKeyPair(X509Certificate2 certificate, ECDsa key)
    {
        Certificate = certificate;
        Key = key;
        AuthorityKey = X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(
            certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().First());
    }

    /// <summary>The certificate, without key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The private key.</summary>
    public ECDsa Key { get; }

    /// <summary>The extension by which what it signs points back to it.</summary>
    public X509AuthorityKeyIdentifierExtension AuthorityKey { get; }

    /// <summary>Makes a root: ECDSA P-256, ten years, able to sign leaves only.</summary>
    public static RootKeyPair Create(string trustDomain, DateTimeOffset now)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var serial = SerialNumbers.Next();

        // Roots of one mesh have distinct names, so that a verifier picks the right one without trial.
        var name = new X500DistinguishedName($"O={trustDomain}, CN=NodeMesh root {Convert.ToHexString(serial.AsSpan(0, 4))}");
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(SubjectNames.Create([$"spiffe://{trustDomain}"], critical: false));
        var certificate = request.Create(name, X509SignatureGenerator.CreateForECDsa(key), now - Backdate, now.AddYears(LifetimeYears), serial);
        return new RootKeyPair(certificate, key);
    }

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();
}
