using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeMesh.Testing;

/// <summary>An operator's CA, made with the base library alone: a root, or an intermediate below another.</summary>
public sealed class TestAuthority
{
    private readonly AsymmetricAlgorithm _key;

    private TestAuthority(X509Certificate2 certificate, AsymmetricAlgorithm key, TestAuthority? above)
    {
        Certificate = certificate;
        _key = key;
        Above = above;
    }

    /// <summary>The certificate, without key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Who signed it; null for a root.</summary>
    public TestAuthority? Above { get; }

    /// <summary>The certificate, PEM.</summary>
    public string Pem => Certificate.ExportCertificatePem() + "\n";

    /// <summary>The key, PKCS #8 PEM.</summary>
    public string KeyPem => _key.ExportPkcs8PrivateKeyPem() + "\n";

    /// <summary>The key, encrypted.</summary>
    public string EncryptedKeyPem => _key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1)) + "\n";

    /// <summary>A root.</summary>
    public static TestAuthority Root(string name = "test root", bool rsa = false) => Make(name, null, rsa, TimeSpan.FromDays(1), isAuthority: true);

    /// <summary>An intermediate of this CA.</summary>
    public TestAuthority Intermediate(string name, bool rsa = false, TimeSpan? ends = null, bool isAuthority = true) => Make(name, this, rsa, ends ?? TimeSpan.FromHours(20), isAuthority);

    /// <summary>The files that Istio's users keep in Secret <c>cacerts</c>.</summary>
    public Dictionary<string, string> Files()
    {
        var (chain, at) = ("", this);
        for (; at.Above is not null; at = at.Above)
        {
            chain += at.Pem;
        }

        return new Dictionary<string, string> { ["ca-cert.pem"] = Pem, ["ca-key.pem"] = KeyPem, ["root-cert.pem"] = at.Pem, ["cert-chain.pem"] = chain + at.Pem };
    }

    private static TestAuthority Make(string name, TestAuthority? above, bool rsa, TimeSpan ends, bool isAuthority)
    {
        AsymmetricAlgorithm key = rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName($"CN={name}, O=Operator");
        var request = rsa ? new CertificateRequest(subject, (RSA)key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1) : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        var now = TimeProvider.System.GetUtcNow();
        var signer = above is null ? Generator(key) : Generator(above._key);
        var serial = RandomNumberGenerator.GetBytes(8);
        serial[0] &= 0x7f;
        var certificate = request.Create(above?.Certificate.SubjectName ?? subject, signer, now.AddDays(-2), now + ends, serial);
        return new TestAuthority(certificate, key, above);
    }

    private static X509SignatureGenerator Generator(AsymmetricAlgorithm key) =>
        key is RSA rsa ? X509SignatureGenerator.CreateForRSA(rsa, RSASignaturePadding.Pkcs1) : X509SignatureGenerator.CreateForECDsa((ECDsa)key);
}
