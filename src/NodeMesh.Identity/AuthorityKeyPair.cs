using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeMesh.Identity;

/// <summary>What a CA signs with: a self-signed root, or an intermediate with its way up to a root.</summary>
internal sealed class AuthorityKeyPair : IDisposable
{
    private static readonly TimeSpan Backdate = TimeSpan.FromMinutes(1);
    private const int LifetimeYears = 10;

    /// <summary>Makes a pair of its parts.</summary>
    /// <param name="certificate">The certificate, without key.</param>
    /// <param name="key">The private key: ECDSA or RSA.</param>
    /// <param name="chain">Of an intermediate: itself first, then those above it, without the root. Of a root: empty.</param>
    public AuthorityKeyPair(X509Certificate2 certificate, AsymmetricAlgorithm key, ImmutableArray<X509Certificate2> chain)
    {
        Certificate = certificate;
        Key = key;
        Chain = chain;
        ChainPem = [.. chain.Select(c => c.ExportCertificatePem())];
        AuthorityKeyIdentifier = certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault() is { } identifier
            ? X509AuthorityKeyIdentifierExtension.CreateFromSubjectKeyIdentifier(identifier)
            : X509AuthorityKeyIdentifierExtension.CreateFromIssuerNameAndSerialNumber(certificate.IssuerName, certificate.SerialNumberBytes.Span);
    }

    /// <summary>The certificate, without key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>The private key.</summary>
    public AsymmetricAlgorithm Key { get; }

    /// <summary>What goes with every certificate that is signed; empty for a root.</summary>
    public ImmutableArray<X509Certificate2> Chain { get; }

    /// <summary><see cref="Chain"/>, one PEM block each.</summary>
    public ImmutableArray<string> ChainPem { get; }

    /// <summary>The extension by which what it signs points back to it.</summary>
    public X509AuthorityKeyIdentifierExtension AuthorityKeyIdentifier { get; }

    /// <summary>The end of what it can sign for.</summary>
    public DateTimeOffset NotAfter => Chain.Append(Certificate).Min(c => new DateTimeOffset(c.NotAfter.ToUniversalTime()));

    /// <summary>Signs with the key; not safe for concurrent use.</summary>
    public X509SignatureGenerator CreateGenerator() => Key switch
    {
        ECDsa key => X509SignatureGenerator.CreateForECDsa(key),
        RSA key => X509SignatureGenerator.CreateForRSA(key, RSASignaturePadding.Pkcs1),
        _ => throw new InvalidOperationException("the key is neither ECDSA nor RSA"),
    };

    /// <summary>Makes a root: ECDSA P-256, ten years, able to sign leaves only.</summary>
    public static AuthorityKeyPair CreateRoot(string trustDomain, DateTimeOffset now)
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
        return new AuthorityKeyPair(certificate, key, []);
    }

    /// <inheritdoc/>
    public void Dispose() => Key.Dispose();
}
