namespace NodeMesh.EndToEnd;

/// <summary>Certificates as openssl makes them, of the mesh's own CA or of a stranger's.</summary>
internal sealed class TestCertificates : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nodemesh-e2e-").FullName;

    /// <summary>A leaf signed by the mesh's CA.</summary>
    public async Task<(string Certificate, string Key)> OfMeshAsync(TestMesh mesh, string uri, int days = 1)
    {
        var (root, key) = await mesh.AuthorityAsync();
        return await SignAsync(root, key, uri, days);
    }

    /// <summary>A leaf signed by a CA that the mesh does not know, with the name that the mesh's has.</summary>
    public async Task<(string Certificate, string Key)> OfStrangerAsync(string uri)
    {
        var (root, key) = (Path.Combine(_directory, "stranger.pem"), Path.Combine(_directory, "stranger-key.pem"));
        (await Command.RunAsync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1", "-subj", "/O=cluster.local", "-keyout", key, "-out", root])).Expect();
        return await SignAsync(root, key, uri, days: 1);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task<(string Certificate, string Key)> SignAsync(string root, string rootKey, string uri, int days)
    {
        var stem = Path.Combine(_directory, Guid.NewGuid().ToString("N"));
        var (certificate, key, request, extensions) = (stem + ".pem", stem + "-key.pem", stem + ".csr", stem + ".ext");
        await File.WriteAllTextAsync(extensions, $"subjectAltName=URI:{uri}\nkeyUsage=digitalSignature\nextendedKeyUsage=serverAuth,clientAuth\n");
        (await Command.RunAsync("openssl", ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/", "-keyout", key, "-out", request])).Expect();
        (await Command.RunAsync("openssl", ["x509", "-req", "-in", request, "-CA", root, "-CAkey", rootKey, "-CAcreateserial", "-CAserial", stem + ".srl", "-extfile", extensions, "-out", certificate, "-days", $"{days}"])).Expect();
        return (certificate, key);
    }
}
