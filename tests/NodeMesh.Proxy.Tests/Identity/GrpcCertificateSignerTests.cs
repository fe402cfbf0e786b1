using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.Certificates;
using NodeMesh.Grpc;
using NodeMesh.Identity;
using NodeMesh.Model;
using NodeMesh.Proxy.Hosting;
using NodeMesh.Proxy.Identity;

namespace NodeMesh.Proxy.Tests.Identity;

public sealed class GrpcCertificateSignerTests : IDisposable
{
    private static readonly SpiffeId Web = new("cluster.local", "shop", "web");

    private readonly string _directory = Directory.CreateTempSubdirectory("nmt-signer-").FullName;
    private readonly CertificateAuthority _authority = CertificateAuthority.Create("cluster.local", TimeProvider.System);
    private readonly List<(string? Identity, string? Authorization, string? Cluster, long Seconds)> _seen = [];

    public GrpcCertificateSignerTests()
    {
        File.WriteAllText(TokenFile, "first\n");
        File.WriteAllText(RootFile, _authority.Bundle.ToPem());
    }

    private string TokenFile => Path.Combine(_directory, "token");

    private string RootFile => Path.Combine(_directory, "root-cert.pem");

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Store_OverTheWire_GetsOwnAndImpersonatedCertificates()
    {
        await using var server = await CertificateServer.StartAsync(_authority, Sign);
        var configuration = Configuration(server.Address);
        using var channel = ControlPlaneChannel.Create(configuration, TimeProvider.System);
        await using var store = new CertificateStore(Signer(channel, configuration), new CertificateStoreOptions { WaitTimeout = TimeSpan.FromSeconds(30) }, TimeProvider.System, NullLoggerFactory.Instance);

        store.Add(configuration.Identity, configuration.NodeIdentity.ToString());
        var own = await store.GetAsync(configuration.Identity, CancellationToken.None);
        Assert.Equal([configuration.Identity.ToString(), "spiffe://cluster.local/node/node-1"], own.Uris);
        Assert.Equal((null, "Bearer first", "Kubernetes", 86400), Assert.Single(_seen));

        // The token is read anew for each call.
        File.WriteAllText(TokenFile, "second");
        store.Add(Web);
        var web = await store.GetAsync(Web, CancellationToken.None);
        Assert.Equal(Web, web.Identity);
        Assert.Equal((Web.ToString(), "Bearer second", "Kubernetes", 86400), _seen[1]);
        Assert.True(web.Bundle.HasSameRoots(_authority.Bundle));
    }

    [Theory]
    [InlineData(GrpcStatusCode.Unauthenticated, CertificateSigningReason.Refused)]
    [InlineData(GrpcStatusCode.PermissionDenied, CertificateSigningReason.Refused)]
    [InlineData(GrpcStatusCode.InvalidArgument, CertificateSigningReason.InvalidArgument)]
    [InlineData(GrpcStatusCode.Internal, CertificateSigningReason.Unavailable)]
    public async Task Sign_ServerSaysNo_IsTyped(GrpcStatusCode code, CertificateSigningReason reason)
    {
        await using var server = await CertificateServer.StartAsync(_authority, (_, _) => throw new GrpcException(code, "no"));
        var error = await FailAsync(Configuration(server.Address));
        Assert.Equal(reason, error.Reason);
        Assert.Contains(Web.ToString(), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_AnswerWithoutRoots_IsBadAnswer()
    {
        await using var server = await CertificateServer.StartAsync(_authority, (_, _) => new IstioCertificateResponse { CertChain = { "leaf" } });
        Assert.Equal(CertificateSigningReason.BadAnswer, (await FailAsync(Configuration(server.Address))).Reason);
    }

    [Fact]
    public async Task Sign_ServerThatCannotProveItself_IsNeverSentTheToken()
    {
        await using var server = await CertificateServer.StartAsync(_authority, Sign);
        var wrongName = Configuration(server.Address) with { ControlPlaneServerName = "other.nodemesh-system.svc" };
        Assert.Equal(CertificateSigningReason.Unavailable, (await FailAsync(wrongName)).Reason);

        using var foreign = CertificateAuthority.Create("cluster.local", TimeProvider.System);
        File.WriteAllText(RootFile, foreign.Bundle.ToPem());
        using var channel = ControlPlaneChannel.Create(Configuration(server.Address), TimeProvider.System);
        var signer = Signer(channel, Configuration(server.Address));
        Assert.Equal(CertificateSigningReason.Unavailable, (await FailAsync(signer)).Reason);
        File.WriteAllText(RootFile, "nonsense");
        Assert.Contains(RootFile, (await FailAsync(signer)).ToString(), StringComparison.Ordinal);
        Assert.Empty(_seen);

        // The file is read for each handshake: mended, it counts for the channel that is there.
        File.WriteAllText(RootFile, _authority.Bundle.ToPem());
        Assert.NotEmpty((await signer.SignAsync(Request(), CancellationToken.None)).ChainPem);
    }

    [Theory]
    [InlineData(null, "not found")]
    [InlineData(" \n", "empty")]
    [InlineData("two\nlines", "characters")]
    public async Task Sign_UnusableToken_NamesTheSetting(string? content, string expected)
    {
        File.Delete(TokenFile);
        if (content is not null)
        {
            File.WriteAllText(TokenFile, content);
        }

        var error = await FailAsync(Configuration(new Uri("https://127.0.0.1:1")));
        Assert.Contains("tokenFile", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_NobodyListens_IsUnavailable() =>
        Assert.Equal(CertificateSigningReason.Unavailable, (await FailAsync(Configuration(new Uri("https://127.0.0.1:1")))).Reason);

    private static CertificateSigningRequest Request()
    {
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        var csr = new System.Security.Cryptography.X509Certificates.CertificateRequest("", key, System.Security.Cryptography.HashAlgorithmName.SHA256).CreateSigningRequestPem();
        return new CertificateSigningRequest(Web, csr, TimeSpan.FromHours(1));
    }

    private static async Task<CertificateSigningException> FailAsync(GrpcCertificateSigner signer) =>
        await Assert.ThrowsAsync<CertificateSigningException>(() => signer.SignAsync(Request(), CancellationToken.None));

    private async Task<CertificateSigningException> FailAsync(ProxyConfiguration configuration)
    {
        using var channel = ControlPlaneChannel.Create(configuration, TimeProvider.System);
        return await FailAsync(Signer(channel, configuration));
    }

    private GrpcCertificateSigner Signer(GrpcChannel channel, ProxyConfiguration configuration) => new(channel, new NodeToken(TokenFile), configuration.Identity, configuration.ClusterId);

    private ProxyConfiguration Configuration(Uri controlPlane) => new()
    {
        Node = "node-1",
        NodeAddresses = [IPAddress.Loopback],
        ControlPlane = controlPlane,
        RootCertificate = RootFile,
        TokenFile = TokenFile,
        EnrollmentDirectory = _directory,
        ControlPlaneServerName = CertificateServer.Name,
    };

    private IstioCertificateResponse Sign(IstioCertificateRequest request, GrpcServerContext context)
    {
        var identity = request.Metadata?.Fields[CertificateMethods.ImpersonatedIdentity].StringValue;
        lock (_seen)
        {
            _seen.Add((identity, context.GetMetadata("authorization"), context.GetMetadata("clusterid"), request.ValidityDuration));
        }

        string[] uris = identity is null ? ["spiffe://cluster.local/ns/nodemesh-system/sa/nodemesh-proxy", "spiffe://cluster.local/node/node-1"] : [identity];
        var signed = _authority.Sign(request.Csr, uris, TimeSpan.FromHours(1));
        return new IstioCertificateResponse { CertChain = { signed.ChainPem, signed.RootsPem } };
    }
}
