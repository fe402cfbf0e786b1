using System.Diagnostics;

namespace NodeMesh.Tunnel.Tests;

/// <summary>The tools that people will point at port 15008.</summary>
public sealed class ToolTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nmt-tools-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Curl_GetWithACertificate_Gets400OverHttp2()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        WriteCertificate(mesh);
        var (output, code) = await RunAsync("curl", "-sk", "--http2", "--cert", "cert.pem", "--key", "key.pem", "-o", "/dev/null", "-w", "%{http_version} %{http_code}", Url(mesh));
        Assert.Equal(("2 400", 0), (output, code));
    }

    [Fact]
    public async Task Curl_PostWithABody_Gets400()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        WriteCertificate(mesh);
        await File.WriteAllBytesAsync(Path.Combine(_directory, "body"), new byte[3_000_000]);
        var (output, _) = await RunAsync("curl", "-skv", "--http2", "--cert", "cert.pem", "--key", "key.pem", "-o", "/dev/null", "-w", "%{http_code}", "--data-binary", "@body", Url(mesh));
        Assert.Equal("400", output);
    }

    [Fact]
    public async Task Curl_WithoutACertificate_IsRefused()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        var (output, code) = await RunAsync("curl", "-sk", "--http2", "-o", "/dev/null", "-w", "%{http_code}", Url(mesh));
        Assert.Equal("000", output);
        Assert.NotEqual(0, code);
    }

    [Fact]
    public async Task Nghttp_Get_Gets400()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        WriteCertificate(mesh);
        var (output, _) = await RunAsync("nghttp", "-nv", "--no-verify-peer", "--cert=cert.pem", "--key=key.pem", Url(mesh));
        Assert.Contains(":status: 400", output, StringComparison.Ordinal);
        Assert.DoesNotContain("INVALID", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Curl_ManyRequestsAtOnce_AllAreAnswered()
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        WriteCertificate(mesh);
        var (output, _) = await RunAsync("curl", "-sk", "--http2", "--parallel", "--parallel-max", "50", "--cert", "cert.pem", "--key", "key.pem", "-o", "/dev/null", "-w", "%{http_code}\n", $"{Url(mesh)}[1-300]");
        Assert.Equal(300, output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Count(l => l == "400"));
    }

    [Theory]
    [InlineData("-tls1_3", true)]
    [InlineData("-tls1_2", false)]
    public async Task OpenSsl_Handshake_WorksWithTls13Only(string version, bool works)
    {
        await using var mesh = new TestMesh(TestMesh.EchoAsync);
        WriteCertificate(mesh);
        var (output, _) = await RunAsync("openssl", "s_client", "-connect", mesh.Address.ToString(), version, "-alpn", "h2", "-cert", "cert.pem", "-key", "key.pem", "-CAfile", "root.pem", "-verify_return_error");
        Assert.Equal(works, output.Contains("ALPN protocol: h2", StringComparison.Ordinal));
        Assert.Equal(works, output.Contains("Verify return code: 0 (ok)", StringComparison.Ordinal) && output.Contains("New, TLSv1.3", StringComparison.Ordinal));
    }

    private static string Url(TestMesh mesh) => $"https://{mesh.Address}/";

    private void WriteCertificate(TestMesh mesh)
    {
        var certificate = mesh.Certificates.Issue("tool");
        File.WriteAllText(Path.Combine(_directory, "cert.pem"), certificate.Leaf.ExportCertificatePem());
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate.Leaf)!;
        File.WriteAllText(Path.Combine(_directory, "key.pem"), key.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(Path.Combine(_directory, "root.pem"), mesh.Certificates.Bundle.ToPem());
    }

    private async Task<(string Output, int Code)> RunAsync(string tool, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(tool, arguments)
        {
            WorkingDirectory = _directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync(TestMesh.Deadline);
        await process.WaitForExitAsync(TestMesh.Deadline);
        TestContext.Current.TestOutputHelper?.WriteLine(await errors);
        return (output, process.ExitCode);
    }
}
