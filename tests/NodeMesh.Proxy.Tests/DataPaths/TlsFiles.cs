using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using NodeMesh.Identity;

namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>An authority of the world outside the mesh, and certificates of it in files: <c>ca.pem</c>, and <c>NAME.pem</c> with <c>NAME.key</c>.</summary>
internal sealed class TlsFiles : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nodemesh-tls-").FullName;
    private readonly X509Certificate2 _authority;

    public TlsFiles()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(Authority, _authority.ExportCertificatePem());
    }

    /// <summary>The authority's certificate.</summary>
    public string Authority => this["ca.pem"];

    /// <summary>The path of a file.</summary>
    public string this[string file] => Path.Combine(_directory, file);

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Issues a certificate for a DNS name.</summary>
    public void Issue(string file, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={file}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_authority, _authority.NotBefore, _authority.NotAfter, RandomNumberGenerator.GetBytes(8));
        File.WriteAllText(this[$"{file}.pem"], issued.ExportCertificatePem());
        File.WriteAllText(this[$"{file}.key"], key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>Issues a certificate of a mesh, for an identity; the mesh's roots are in <c>NAME.roots</c>.</summary>
    public void Issue(string file, CertificateAuthority mesh, string identity)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var signed = mesh.Sign(new CertificateRequest("", key, HashAlgorithmName.SHA256).CreateSigningRequestPem(), [identity], TimeSpan.FromHours(1));
        File.WriteAllText(this[$"{file}.pem"], string.Concat(signed.ChainPem.Select(c => $"{c}\n")));
        File.WriteAllText(this[$"{file}.key"], key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(this[$"{file}.roots"], signed.RootsPem);
    }

    /// <summary>Reads a certificate with its key.</summary>
    public X509Certificate2 Load(string file) => X509Certificate2.CreateFromPemFile(this[$"{file}.pem"], this[$"{file}.key"]);
}
