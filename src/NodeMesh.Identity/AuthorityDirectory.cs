namespace NodeMesh.Identity;

/// <summary>A CA's files on disk.</summary>
internal static class AuthorityDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Whether a directory has a CA, or a part of one (which must not be overwritten).</summary>
    public static bool Exists(string directory) => AuthorityFiles.Exists(name => File.Exists(Path.Combine(directory, name)));

    public static CertificateAuthority Load(string directory, string trustDomain, TimeProvider time)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in AuthorityFiles.Names)
        {
            var path = Path.Combine(directory, name);
            try
            {
                if (File.Exists(path))
                {
                    files[name] = File.ReadAllText(path);
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new CertificateAuthorityException($"{path}: cannot be read: {e.Message}", e);
            }
        }

        return new AuthorityFiles(files, name => Path.Combine(directory, name), trustDomain, time).Read();
    }

    public static void Save(string directory, AuthorityKeyPair active, AuthorityKeyPair? next, string rootsPem)
    {
        Directory.CreateDirectory(directory, OwnerOnly | UnixFileMode.UserExecute);

        // The key before the certificate: a crash between the two leaves a pair that Load refuses instead of a root without its key being replaced in silence.
        Write(directory, AuthorityFiles.RootKeyFile, active.Key.ExportPkcs8PrivateKeyPem());
        Write(directory, AuthorityFiles.RootFile, active.Certificate.ExportCertificatePem());
        if (next is null)
        {
            File.Delete(Path.Combine(directory, AuthorityFiles.NextFile));
            File.Delete(Path.Combine(directory, AuthorityFiles.NextKeyFile));
        }
        else
        {
            Write(directory, AuthorityFiles.NextKeyFile, next.Key.ExportPkcs8PrivateKeyPem());
            Write(directory, AuthorityFiles.NextFile, next.Certificate.ExportCertificatePem());
        }

        Write(directory, AuthorityFiles.RootsFile, rootsPem);
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
