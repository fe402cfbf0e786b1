using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeMesh.Compare.Rows;

/// <summary>A CA of the run and a certificate for each end, on P-256 like the mesh's own.</summary>
internal static class PeerCertificates
{
    /// <summary>Writes <c>ca.pem</c>, and <c>client.pem</c> and <c>server.pem</c>, each a certificate followed by its key.</summary>
    public static void Write(string directory)
    {
        var now = TimeProvider.System.GetUtcNow();
        using var caKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var caRequest = new CertificateRequest("CN=bench CA", caKey, HashAlgorithmName.SHA256);
        caRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        caRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var ca = caRequest.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(1));
        File.WriteAllText(Path.Combine(directory, "ca.pem"), ca.ExportCertificatePem());

        foreach (var name in new[] { "client", "server" })
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            var request = new CertificateRequest($"CN={name}.bench", key, HashAlgorithmName.SHA256);
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName($"{name}.bench");
            request.CertificateExtensions.Add(names.Build());
            using var certificate = request.Create(ca, now.AddMinutes(-5), now.AddHours(20), RandomNumberGenerator.GetBytes(8));
            File.WriteAllText(Path.Combine(directory, $"{name}.pem"), certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        }
    }
}
