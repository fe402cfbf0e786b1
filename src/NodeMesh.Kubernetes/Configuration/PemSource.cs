using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace NodeMesh.Kubernetes.Configuration;

/// <summary>A certificate or key: a file, which is read again when it changes, or the text itself.</summary>
/// <param name="Path">The file; null when the text is given.</param>
/// <param name="Text">PEM; null when a file is given.</param>
public sealed record PemSource(string? Path, string? Text)
{
    /// <summary>A file.</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The source.</returns>
    public static PemSource FromFile(string path) => new(path, null);

    /// <summary>The text itself.</summary>
    /// <param name="pem">PEM.</param>
    /// <returns>The source.</returns>
    public static PemSource FromText(string pem) => new(null, pem);

    /// <summary>When the file was last written; the same for ever where there is no file.</summary>
    internal DateTime LastWrite => Path is null ? default : File.GetLastWriteTimeUtc(Path);

    /// <summary>Without the text, which may be a key.</summary>
    /// <returns>The path, or that the text is embedded.</returns>
    public override string ToString() => Path ?? "embedded data";

    internal string Read()
    {
        if (Text is not null)
        {
            return Text;
        }

        try
        {
            return File.ReadAllText(Path!, Encoding.UTF8);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeConfigException($"{Path}: cannot be read: {e.Message}", e);
        }
    }

    internal X509Certificate2Collection ReadCertificates()
    {
        var certificates = new X509Certificate2Collection();
        try
        {
            certificates.ImportFromPem(Read());
        }
        catch (System.Security.Cryptography.CryptographicException e)
        {
            throw new KubeConfigException($"{this}: is not a certificate in PEM: {e.Message}", e);
        }

        return certificates.Count > 0 ? certificates : throw new KubeConfigException($"{this}: has no certificate in PEM");
    }
}
