using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeMesh.Identity;

/// <summary>A CA's files on disk.</summary>
internal static class AuthorityDirectory
{
    private const string RootFile = "root.pem";
    private const string RootKeyFile = "root-key.pem";
    private const string NextFile = "next-root.pem";
    private const string NextKeyFile = "next-root-key.pem";
    private const string RootsFile = "roots.pem";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether a directory has a CA, or a part of one (which must not be overwritten).</summary>
    public static bool Exists(string directory) => File.Exists(Path.Combine(directory, RootFile)) || File.Exists(Path.Combine(directory, RootKeyFile));

    public static CertificateAuthority Load(string directory, string trustDomain, TimeProvider time)
    {
        var active = LoadPair(directory, RootFile, RootKeyFile, trustDomain);
        var next = File.Exists(Path.Combine(directory, NextFile)) ? LoadPair(directory, NextFile, NextKeyFile, trustDomain) : null;
        var retired = ImmutableArray<X509Certificate2>.Empty;
        var roots = Path.Combine(directory, RootsFile);
        if (File.Exists(roots))
        {
            try
            {
                retired = [.. TrustBundle.FromPem(File.ReadAllText(roots)).Roots.Where(r => r.Thumbprint != active.Certificate.Thumbprint && r.Thumbprint != next?.Certificate.Thumbprint)];
            }
            catch (FormatException e)
            {
                throw new CertificateAuthorityException($"{roots}: {e.Message}", e);
            }
        }

        return new CertificateAuthority(trustDomain, active, next, retired, time);
    }

    public static void Save(string directory, RootKeyPair active, RootKeyPair? next, string rootsPem)
    {
        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);

        // The key before the certificate: a crash between the two leaves a pair that Load refuses instead of a root without its key being replaced in silence.
        Write(directory, RootKeyFile, active.Key.ExportPkcs8PrivateKeyPem());
        Write(directory, RootFile, active.Certificate.ExportCertificatePem());
        if (next is null)
        {
            File.Delete(Path.Combine(directory, NextFile));
            File.Delete(Path.Combine(directory, NextKeyFile));
        }
        else
        {
            Write(directory, NextKeyFile, next.Key.ExportPkcs8PrivateKeyPem());
            Write(directory, NextFile, next.Certificate.ExportCertificatePem());
        }

        Write(directory, RootsFile, rootsPem);
    }

    private static RootKeyPair LoadPair(string directory, string certificateFile, string keyFile, string trustDomain)
    {
        var certificatePath = Path.Combine(directory, certificateFile);
        var keyPath = Path.Combine(directory, keyFile);
        try
        {
            var certificate = X509Certificate2.CreateFromPem(File.ReadAllText(certificatePath));
            var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(keyPath));
            using var certified = certificate.GetECDsaPublicKey() ?? throw new CertificateAuthorityException($"{certificatePath}: the root's key is not ECDSA");
            if (!certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            {
                throw new CertificateAuthorityException($"{keyPath}: not the key of {certificatePath}; restore the pair, or remove the directory to make a new CA");
            }

            RequireTrustDomain(certificate, certificatePath, trustDomain);
            return new RootKeyPair(certificate, key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new CertificateAuthorityException($"{certificatePath} with {keyPath}: cannot be read: {e.Message}", e);
        }
    }

    private static void RequireTrustDomain(X509Certificate2 certificate, string path, string trustDomain)
    {
        if (!certificate.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Any())
        {
            throw new CertificateAuthorityException($"{path}: the root has no subject key identifier");
        }

        // A root brought from elsewhere may name no trust domain.
        var named = SubjectNames.Uris(certificate);
        if (named.Length > 0 && !named.Contains($"spiffe://{trustDomain}", StringComparer.Ordinal))
        {
            throw new CertificateAuthorityException($"{path}: the root is for {string.Join(", ", named)}, not for spiffe://{trustDomain}; set trustDomain accordingly, or give another caDirectory");
        }
    }

    private static void Write(string directory, string name, string text)
    {
        var target = Path.Combine(directory, name);
        var temporary = target + ".new";
        File.Delete(temporary);
        using (var stream = new FileStream(temporary, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly }))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(text);
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, target, overwrite: true);
    }
}
