using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Model;

namespace NodeMesh.Identity;

/// <summary>Checks a CA's answer before anything of it is used.</summary>
internal static class SignedCertificateReader
{
    /// <summary>Reads an answer: it must be for the key made and exactly the URIs asked for, valid now, and chain to the roots that came with it.</summary>
    /// <exception cref="CertificateSigningException">It is not (<see cref="CertificateSigningReason.BadAnswer"/>).</exception>
    public static (X509Certificate2 Leaf, ImmutableArray<X509Certificate2> Chain, TrustBundle Roots) Read(
        SignedCertificate answer, ECDsa key, SpiffeId identity, ImmutableArray<string> uris, DateTimeOffset now)
    {
        try
        {
            var roots = TrustBundle.FromPem(answer.RootsPem);
            var certificates = answer.ChainPem.Select(pem => X509Certificate2.CreateFromPem(pem)).ToImmutableArray();
            if (certificates.IsEmpty)
            {
                throw Bad("the CA's answer holds no certificate");
            }

            var leaf = certificates[0];
            var chain = certificates.RemoveAt(0);
            using var certified = leaf.GetECDsaPublicKey();
            if (certified is null || !certified.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(key.ExportSubjectPublicKeyInfo()))
            {
                throw Bad("the CA's certificate is for another key than the one made here");
            }

            roots.Verify(leaf, chain, now, PeerUsage.Client);
            var verified = roots.Verify(leaf, chain, now, PeerUsage.Server);
            return verified.Identity == identity && verified.Uris.ToHashSet(StringComparer.Ordinal).SetEquals(uris)
                ? (leaf.CopyWithPrivateKey(key), chain, roots)
                : throw Bad($"the CA's certificate is for {string.Join(", ", verified.Uris)}; asked for was {string.Join(", ", uris)}");
        }
        catch (Exception e) when (e is PeerVerificationException or FormatException or CryptographicException or ArgumentException)
        {
            throw new CertificateSigningException(CertificateSigningReason.BadAnswer, $"the CA's answer cannot be used: {e.Message}", e);
        }
    }

    private static CertificateSigningException Bad(string message) => new(CertificateSigningReason.BadAnswer, message);
}
