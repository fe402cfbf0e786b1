namespace NodeMesh.EndToEnd;

/// <summary>A mesh with servers of HTTP as people run them: nginx, nghttpd, and an application that fails, waits and counts as it is told.</summary>
public sealed class WebMesh : IAsyncLifetime
{
    /// <summary>More than any buffer on the way.</summary>
    public const int LargeFile = 12_000_000;

    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("nodemesh-web-");

    internal TestMesh Mesh { get; private set; } = null!;

    /// <summary>A file that nginx and nghttpd serve as <c>/large</c>.</summary>
    internal string Large => Path.Combine(_files.FullName, "large");

    public async ValueTask InitializeAsync()
    {
        var bytes = new byte[LargeFile];
        new Random(7).NextBytes(bytes);
        await File.WriteAllBytesAsync(Large, bytes);
        await File.WriteAllTextAsync(Path.Combine(_files.FullName, "small"), "small");
        await File.WriteAllTextAsync(Path.Combine(_files.FullName, "nginx.conf"), $$"""
            worker_processes 1;
            daemon off;
            user root;
            pid {{_files.FullName}}/nginx.pid;
            error_log {{_files.FullName}}/nginx.log;
            events { worker_connections 256; }
            http { access_log off; server { listen [::]:8080 ipv6only=off; root {{_files.FullName}}; } }
            """);
        Mesh = await TestMesh.UpAsync(
            $"{TestMesh.Prefix}-web",
            ["--image", $"nginx=/usr/sbin/nginx -c {_files.FullName}/nginx.conf", "--image", $"nghttpd=/usr/sbin/nghttpd --no-tls -d {_files.FullName} 8080"],
            "web.yaml");
    }

    /// <summary>Runs curl in the client's pod.</summary>
    internal async Task<string> CurlAsync(params string[] arguments) => (await Mesh.ExecAsync("site/client", ["curl", "-s", "-S", "-m", "60", .. arguments])).Expect();

    /// <summary>Waits until requests are answered, which routes that were just applied may change, and says how.</summary>
    internal Task<string> CurlUntilAsync(Func<string, bool> holds, params string[] arguments) =>
        Eventually.GetAsync(async () => (await Mesh.ExecAsync("site/client", ["curl", "-s", "-m", "60", .. arguments])).Output, holds);

    public async ValueTask DisposeAsync()
    {
        if (Mesh is not null)
        {
            await Mesh.DisposeAsync();
        }

        _files.Delete(recursive: true);
    }
}
