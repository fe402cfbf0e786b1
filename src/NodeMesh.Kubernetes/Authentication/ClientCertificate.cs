using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Kubernetes.Configuration;

namespace NodeMesh.Kubernetes.Authentication;

/// <summary>A certificate with its key and the chain that goes with it.</summary>
internal sealed class ClientCertificate
{
    private ClientCertificate(X509Certificate2 leaf, X509Certificate2Collection chain)
    {
        NotAfter = leaf.NotAfter.ToUniversalTime();
        Subject = leaf.Subject;
        Context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
    }

    public SslStreamCertificateContext Context { get; }

    public DateTimeOffset NotAfter { get; }

    public string Subject { get; }

    public static ClientCertificate FromPem(string certificatePem, string keyPem, string origin)
    {
        try
        {
            var leaf = X509Certificate2.CreateFromPem(certificatePem, keyPem);
            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(certificatePem);
            chain.RemoveAt(0);
            return new ClientCertificate(leaf, chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new KubeConfigException($"{origin}: certificate and key do not belong together or are not PEM: {e.Message}", e);
        }
    }
}
