using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeMesh.Kubernetes.Tests.Fixtures;

/// <summary>Certificates of the test cluster's authority, good or not.</summary>
internal static class Certificates
{
    /// <summary>A certificate with its key, as a server or a PEM file needs them.</summary>
    public static X509Certificate2 Issue(string pki, string subject, DateTimeOffset from, DateTimeOffset to, bool server)
    {
        using var authority = X509Certificate2.CreateFromPemFile(Path.Combine(pki, "ca.crt"), Path.Combine(pki, "ca.key"));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(server ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        if (server)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
        }

        // By name and key: with the authority itself, nothing older than it could be issued.
        var signer = X509SignatureGenerator.CreateForECDsa(authority.GetECDsaPrivateKey()!);
        using var issued = request.Create(authority.SubjectName, signer, from, to, RandomNumberGenerator.GetBytes(8));
        return issued.CopyWithPrivateKey(key);
    }

    public static string KeyPem(X509Certificate2 certificate) => certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem();
}
