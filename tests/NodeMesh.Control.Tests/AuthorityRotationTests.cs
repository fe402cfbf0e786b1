using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Hosting;
using NodeMesh.Testing;

namespace NodeMesh.Control.Tests;

/// <summary>The operator replaces the CA's files while the control plane runs.</summary>
public sealed class AuthorityRotationTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nmt-rotation-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task ReplacedFiles_AreUsedForTheNextHandshake_AndBrokenOnesAreNot()
    {
        // Behind the clock of the client, which would not take a certificate of the future.
        var (root, time) = (TestAuthority.Root(), new ManualTimeProvider(TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(12)));
        Write(root.Intermediate("first").Files());
        await using var host = new ControlHost(
            new ControlConfiguration { CaDirectory = _directory, Tokens = Path.Combine(_directory, "tokens.json"), Listen = "127.0.0.1:0" }, new TestSource(), time, NullLoggerFactory.Instance);
        await host.StartAsync(CancellationToken.None);
        Assert.Equal("CN=first, O=Operator", await IssuerAsync(host, root));

        // The directory is looked at as time goes by.
        Write(new() { ["ca-key.pem"] = root.KeyPem });
        for (var i = 0; i < 3; i++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            Assert.Equal("CN=first, O=Operator", await IssuerAsync(host, root));
        }

        Write(root.Intermediate("second").Files());
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (await IssuerAsync(host, root) != "CN=second, O=Operator")
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Delay(10, patience.Token);
        }

        Assert.Equal(root.Pem.Trim(), host.RootsPem.Trim());
    }

    private void Write(Dictionary<string, string> files)
    {
        foreach (var (name, text) in files)
        {
            File.WriteAllText(Path.Combine(_directory, name), text);
        }
    }

    /// <summary>Who signed the certificate that the control plane shows; the client trusts the root alone.</summary>
    private static async Task<string> IssuerAsync(ControlHost host, TestAuthority root)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(host.DiscoveryEndPoint);
        await using var tls = new SslStream(client.GetStream());
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.Add(root.Certificate);
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = ControlFixture.ServerName,
            CertificateChainPolicy = policy,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        });
        return tls.RemoteCertificate!.Issuer;
    }
}
