using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Hosting;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.Certificates;
using NodeMesh.Grpc;
using NodeMesh.Model;

namespace NodeMesh.Control.Tests;

/// <summary>A control plane on loopback with TLS, its directory, and clients that trust its root.</summary>
internal sealed class ControlFixture : IAsyncDisposable
{
    public const string ServerName = "nodemesh-control.nodemesh-system.svc";
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string _directory;

    private ControlFixture(string? directory = null) => _directory = directory ?? Directory.CreateTempSubdirectory("nmt-control-").FullName;

    public TestSource Source { get; private set; } = new();

    public ControlHost Host { get; private set; } = null!;

    public string TokensPath => Path.Combine(_directory, "tokens.json");

    public string CaDirectory => Path.Combine(_directory, "ca");

    /// <summary>Clients of a control plane that a test has started, whose CA's directory is <c>ca</c> below the given one; both go with the fixture.</summary>
    public static ControlFixture Over(ControlHost host, string directory) => new(directory) { Host = host };

    public static async Task<ControlFixture> StartAsync()
    {
        var fixture = new ControlFixture();
        fixture.WriteTokens(("node-1", "secret-1"), ("node-2", "secret-2"));
        await fixture.StartHostAsync("127.0.0.1:0");
        return fixture;
    }

    public void WriteTokens(params (string Node, string Token)[] tokens)
    {
        var map = tokens.ToDictionary(
            t => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(t.Token))),
            t => new { node = t.Node, serviceAccount = "nodemesh-system/nodemesh-proxy" });
        File.WriteAllText(TokensPath + ".new", JsonSerializer.Serialize(map));
        File.Move(TokensPath + ".new", TokensPath, overwrite: true);
    }

    /// <summary>Stops the control plane and starts a new one with the same files on the same port.</summary>
    public async Task RestartAsync()
    {
        var endPoint = Host.DiscoveryEndPoint.ToString();
        await Host.DisposeAsync();
        Source = new TestSource();
        await StartHostAsync(endPoint);
    }

    /// <summary>A channel to the control plane, or to a port of loopback that leads to one.</summary>
    public GrpcChannel Channel(int? via = null)
    {
        var root = new X509Certificate2Collection();
        root.ImportFromPemFile(Path.Combine(CaDirectory, "root-cert.pem"));
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(root);
        var transport = new GrpcTransportOptions { Tls = new SslClientAuthenticationOptions { TargetHost = ServerName, CertificateChainPolicy = policy } };
        return new GrpcChannel(GrpcTransport.Create(transport), new Uri($"https://127.0.0.1:{via ?? Host.DiscoveryEndPoint.Port}"), ownsInvoker: true);
    }

    public DeltaDiscoveryClient Client(IDiscoveryHandler handler, string token, int? via = null)
    {
        var file = Path.Combine(_directory, $"token-{Guid.NewGuid():N}");
        File.WriteAllText(file, token);
        return new DeltaDiscoveryClient(
            () => Channel(via),
            new DiscoveryNode("node-1", ["172.18.1.1"], "nodemesh-system", "proxy-1", Locality.Unknown),
            handler,
            new DeltaDiscoveryClientOptions { TokenFile = file },
            TimeProvider.System,
            NullLoggerFactory.Instance);
    }

    public async Task<IstioCertificateResponse> RequestCertificateAsync(string? token, string? identity, string? csr = null, long seconds = 3600)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddUri(new Uri("spiffe://cluster.local/ns/kube-system/sa/admin"));
        var pkcs10 = new CertificateRequest("CN=evil", key, HashAlgorithmName.SHA256);
        pkcs10.CertificateExtensions.Add(names.Build());
        var request = new IstioCertificateRequest { Csr = csr ?? pkcs10.CreateSigningRequestPem(), ValidityDuration = seconds };
        if (identity is not null)
        {
            request.Metadata = new Struct();
            request.Metadata.Fields[CertificateMethods.ImpersonatedIdentity] = Value.ForString(identity);
        }

        using var channel = Channel();
        IReadOnlyList<KeyValuePair<string, string>> metadata = token is null ? [] : [new("authorization", $"Bearer {token}")];
        return await channel.UnaryAsync(CertificateMethods.CreateCertificate, request, new GrpcCallOptions { Metadata = metadata, Deadline = Patience }, CancellationToken.None);
    }

    public static async Task EventuallyAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            await Task.Delay(5, patience.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private async Task StartHostAsync(string listen)
    {
        var configuration = new ControlConfiguration
        {
            CaDirectory = CaDirectory,
            Tokens = TokensPath,
            Listen = listen,
            MetricsListen = "127.0.0.1:0",
            CertificateLifetime = "2h",
        };
        Host = new ControlHost(configuration, Source, TimeProvider.System, NullLoggerFactory.Instance);
        await Host.StartAsync(CancellationToken.None);
    }
}
