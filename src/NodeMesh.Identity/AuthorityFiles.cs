using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>
/// Reads a CA from its files, wherever they are: those of <see cref="CertificateAuthority.Save"/>, or an operator's own CA under the names that Istio's
/// users know (<c>ca-cert.pem</c>, <c>ca-key.pem</c>, <c>root-cert.pem</c>, <c>cert-chain.pem</c>) or that a TLS Secret has (<c>tls.crt</c>, <c>tls.key</c>,
/// <c>ca.crt</c>). What cannot work is refused with the file and what to do about it.
/// </summary>
internal sealed class AuthorityFiles(IReadOnlyDictionary<string, string> files, Func<string, string> place, string trustDomain, TimeProvider time)
{
    public const string RootFile = "root.pem";
    public const string RootKeyFile = "root-key.pem";
    public const string NextFile = "next-root.pem";
    public const string NextKeyFile = "next-root-key.pem";
    public const string RootsFile = "roots.pem";
    private const string CertificateFile = "ca-cert.pem";
    private const string KeyFile = "ca-key.pem";
    private const string TrustedFile = "root-cert.pem";
    private const string ChainFile = "cert-chain.pem";

    /// <summary>The names of all files that belong to a CA.</summary>
    public static ImmutableArray<string> Names { get; } =
        [RootFile, RootKeyFile, NextFile, NextKeyFile, RootsFile, CertificateFile, KeyFile, TrustedFile, ChainFile, "tls.crt", "tls.key", "ca.crt"];

    /// <summary>Whether any of some files is the key or certificate of a CA.</summary>
    public static bool Exists(Func<string, bool> exists) => exists(RootFile) || exists(RootKeyFile) || exists(CertificateFile) || exists(KeyFile) || exists("tls.key");

    /// <summary>Reads the CA.</summary>
    /// <exception cref="CertificateAuthorityException">It cannot be used.</exception>
    public CertificateAuthority Read() =>
        files.ContainsKey(CertificateFile) || files.ContainsKey(KeyFile) ? ReadOperators(CertificateFile, KeyFile, TrustedFile, ChainFile)
        : files.ContainsKey("tls.key") ? ReadOperators("tls.crt", "tls.key", "ca.crt", "tls.crt")
        : ReadOwn();

    private CertificateAuthority ReadOwn()
    {
        var active = ReadPair(RootFile, RootKeyFile);
        var next = files.ContainsKey(NextFile) ? ReadPair(NextFile, NextKeyFile) : null;
        var retired = ImmutableArray<X509Certificate2>.Empty;
        if (files.ContainsKey(RootsFile))
        {
            retired = [.. ReadBundle(RootsFile).Roots.Where(r => r.Thumbprint != active.Certificate.Thumbprint && r.Thumbprint != next?.Certificate.Thumbprint)];
        }

        return new CertificateAuthority(trustDomain, active, next, retired, operators: null, time);
    }

    private CertificateAuthority ReadOperators(string certificateFile, string keyFile, string trustedFile, string chainFile)
    {
        var pair = ReadPair(certificateFile, keyFile);
        var certificate = pair.Certificate;
        if (!certificate.Extensions.OfType<X509BasicConstraintsExtension>().Any(e => e.CertificateAuthority)
            || certificate.Extensions.OfType<X509KeyUsageExtension>().Any(e => !e.KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign)))
        {
            throw Bad(certificateFile, $"{certificate.Subject} is not the certificate of a CA; issue one with basicConstraints CA:TRUE and keyUsage keyCertSign");
        }

        RequireTime(certificate, certificateFile, $"issue a new one and replace {certificateFile}, {keyFile} and {chainFile}");
        var trusted = ReadBundle(trustedFile);
        var above = files.ContainsKey(chainFile) ? ReadBundle(chainFile).Roots : [];
        var chain = IsSelfSigned(certificate)
            ? []
            : above.Where(c => !IsSelfSigned(c) && c.Thumbprint != certificate.Thumbprint).Prepend(certificate).ToImmutableArray();
        foreach (var intermediate in chain.Skip(1))
        {
            RequireTime(intermediate, chainFile, "put a valid one in its place");
        }

        var authority = new CertificateAuthority(trustDomain, new AuthorityKeyPair(certificate, pair.Key, chain), null, [], trusted, time);
        Prove(authority, trusted, certificateFile, trustedFile, chainFile);
        return authority;
    }

    /// <summary>What it signs must satisfy a peer: path lengths, constraints and times are judged by whoever judges peers.</summary>
    private void Prove(CertificateAuthority authority, TrustBundle trusted, string certificateFile, string trustedFile, string chainFile)
    {
        try
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var signed = authority.Sign(new PublicKey(key), [new SpiffeId(trustDomain, "nodemesh", "probe").ToString()], TimeSpan.FromMinutes(1));
            var certificates = signed.ChainPem.Select(p => X509Certificate2.CreateFromPem(p)).ToList();
            trusted.Verify(certificates[0], certificates.Skip(1), time.GetUtcNow(), PeerUsage.Client);
        }
        catch (Exception e) when (e is PeerVerificationException or CertificateSigningException or CryptographicException)
        {
            authority.Dispose();
            foreach (var root in trusted.Roots)
            {
                RequireTime(root, trustedFile, "put a valid root in its place");
            }

            throw Bad(
                certificateFile,
                $"does not lead to a root of {trustedFile}; put every certificate between the two into {chainFile}, or the right root into {trustedFile} ({e.Message})",
                e);
        }
    }

    private AuthorityKeyPair ReadPair(string certificateFile, string keyFile)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(Text(certificateFile));
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw Bad(certificateFile, $"cannot be read as a PEM certificate: {e.Message}", e);
        }

        var key = ReadKey(keyFile);
        if (!certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(PublicKeyOf(key)))
        {
            key.Dispose();
            throw Bad(keyFile, $"is not the key of {certificateFile}; put the two that belong together, or remove both to make a new CA");
        }

        RequireTrustDomain(certificate, certificateFile);
        return new AuthorityKeyPair(certificate, key, []);
    }

    private AsymmetricAlgorithm ReadKey(string file)
    {
        var text = Text(file);
        if (text.Contains("ENCRYPTED", StringComparison.Ordinal))
        {
            throw Bad(file, "is encrypted, and nobody here has its password; store it decrypted");
        }

        AsymmetricAlgorithm? key = null;
        try
        {
            key = text.Contains("EC PRIVATE KEY", StringComparison.Ordinal) ? ECDsa.Create() : RSA.Create();
            try
            {
                key.ImportFromPem(text);
            }
            catch (CryptographicException) when (key is RSA)
            {
                // PKCS #8 does not say on its label of which algorithm it is.
                key.Dispose();
                key = ECDsa.Create();
                key.ImportFromPem(text);
            }

            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key?.Dispose();
            throw Bad(file, $"cannot be read as a PEM key, ECDSA or RSA: {e.Message}", e);
        }
    }

    private static byte[] PublicKeyOf(AsymmetricAlgorithm key) => key.ExportSubjectPublicKeyInfo();

    private TrustBundle ReadBundle(string file)
    {
        try
        {
            return TrustBundle.FromPem(Text(file));
        }
        catch (FormatException e)
        {
            throw Bad(file, e.Message, e);
        }
    }

    private string Text(string file) => files.TryGetValue(file, out var text) ? text : throw Bad(file, "is missing; add it");

    private void RequireTime(X509Certificate2 certificate, string file, string remedy)
    {
        var now = time.GetUtcNow();
        if (now > certificate.NotAfter.ToUniversalTime())
        {
            throw Bad(file, $"{certificate.Subject} expired at {certificate.NotAfter.ToUniversalTime():O}; {remedy}");
        }

        if (now < certificate.NotBefore.ToUniversalTime())
        {
            throw Bad(file, $"{certificate.Subject} is valid only from {certificate.NotBefore.ToUniversalTime():O}, and it is {now:O} here; compare the clocks, or {remedy}");
        }
    }

    private void RequireTrustDomain(X509Certificate2 certificate, string file)
    {
        // A CA brought from elsewhere may name no trust domain.
        var named = SubjectNames.Uris(certificate);
        if (named.Length > 0 && !named.Contains($"spiffe://{trustDomain}", StringComparer.Ordinal))
        {
            throw Bad(file, $"is for {string.Join(", ", named)}, not for spiffe://{trustDomain}; set trustDomain accordingly, or give another CA");
        }
    }

    private static bool IsSelfSigned(X509Certificate2 certificate) => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private CertificateAuthorityException Bad(string file, string message, Exception? inner = null) => new($"{place(file)}: {message}", inner);
}
