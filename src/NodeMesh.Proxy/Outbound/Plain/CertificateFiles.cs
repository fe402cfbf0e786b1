using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeMesh.Proxy.Outbound.Plain;

/// <summary>Certificates in files of the node, read again when a file has changed.</summary>
internal sealed class CertificateFiles
{
    private readonly ConcurrentDictionary<string, (DateTime Written, X509Certificate2Collection Roots)> _roots = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string Certificate, string Key), (DateTime Written, SslStreamCertificateContext Context)> _own = new();

    /// <summary>The authorities in a file.</summary>
    /// <param name="path">A file of PEM.</param>
    /// <returns>The certificates.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="CryptographicException">It has no certificate.</exception>
    public X509Certificate2Collection Authorities(string path)
    {
        var written = Written(path);
        if (_roots.TryGetValue(path, out var known) && known.Written == written)
        {
            return known.Roots;
        }

        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(File.ReadAllText(path));
        if (roots.Count == 0)
        {
            throw new CryptographicException($"{path} has no certificate");
        }

        _roots[path] = (written, roots);
        return roots;
    }

    /// <summary>A client's certificate, with those that lead to its authority.</summary>
    /// <param name="certificate">A file of PEM.</param>
    /// <param name="key">The file of the key.</param>
    /// <returns>What TLS takes.</returns>
    /// <exception cref="IOException">One of them cannot be read.</exception>
    /// <exception cref="CryptographicException">They are not certificate and key.</exception>
    public SslStreamCertificateContext Own(string certificate, string key)
    {
        var written = new DateTime(Math.Max(Written(certificate).Ticks, Written(key).Ticks), DateTimeKind.Utc);
        if (_own.TryGetValue((certificate, key), out var known) && known.Written == written)
        {
            return known.Context;
        }

        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(File.ReadAllText(certificate));
        var context = SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(certificate, key), chain, offline: true);
        _own[(certificate, key)] = (written, context);
        return context;
    }

    private static DateTime Written(string path) => File.Exists(path) ? File.GetLastWriteTimeUtc(path) : throw new FileNotFoundException($"{path} is not there; give the node proxy the file", path);
}
