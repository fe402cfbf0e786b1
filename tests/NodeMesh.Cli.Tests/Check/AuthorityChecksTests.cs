using System.Text;
using System.Text.Json.Nodes;
using NodeMesh.Cli.Check;
using NodeMesh.Identity;
using NodeMesh.Testing;

namespace NodeMesh.Cli.Tests.Check;

/// <summary>What <c>nodemesh check</c> says of the CA, an operator's own and that of an installed mesh.</summary>
public sealed class AuthorityChecksTests : IDisposable
{
    private const string Mesh = "nodemesh-system";
    private const string Hooks = "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/nodemesh-validator";

    private readonly ManualTimeProvider _time = new(FakeCluster.Now);
    private readonly CertificateAuthority _authority;

    public AuthorityChecksTests() => _authority = CertificateAuthority.Create("cluster.local", _time);

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task OperatorsAuthority_ThatWorks_IsToldWithItsEnd()
    {
        var outcome = Assert.Single(await BeforeAsync(new FakeCluster().Secret(Mesh, "cacerts", Files())));

        Assert.Equal(("ok", $"Secret {Mesh}/cacerts"), (outcome.Level, outcome.Check));
        Assert.Contains("valid until", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutAnOperatorsAuthority_NothingIsSaid() => Assert.Empty(await BeforeAsync(new FakeCluster()));

    [Fact]
    public async Task OperatorsAuthority_ThatCannotWork_IsAnErrorWithTheKey()
    {
        var files = Files();
        files["root-key.pem"] = "nothing";

        var outcome = Assert.Single(await BeforeAsync(new FakeCluster().Secret(Mesh, "cacerts", files)));

        Assert.Equal("error", outcome.Level);
        Assert.Contains("root-key.pem", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OperatorsAuthority_OfTheInstallationsTrustDomain_IsReadByIt()
    {
        using var other = CertificateAuthority.Create("prod.example", _time);
        var cluster = new FakeCluster().Secret(Mesh, "cacerts", Files(other)).ConfigMap(Mesh, "nodemesh-control", ("control.json", """{"trustDomain": "prod.example"}"""));

        Assert.Equal("ok", Assert.Single(await BeforeAsync(cluster)).Level);
    }

    [Fact]
    public async Task Roots_AndAWebhookThatTrustsThem_AreOk() => Assert.All(await AfterAsync(Installed()), f => Assert.Equal("ok", f.Level));

    [Theory]
    [InlineData(false, "warning")]
    [InlineData(true, "error")]
    public async Task Roots_ThatEnd_AreTold(bool ended, string level)
    {
        var end = new DateTimeOffset(_authority.Bundle.Roots[0].NotAfter.ToUniversalTime(), TimeSpan.Zero);
        _time.Advance(end - FakeCluster.Now + TimeSpan.FromDays(ended ? 1 : -10));

        var outcome = Assert.Single(await AfterAsync(Installed()), f => f.Check == "the mesh's roots");

        Assert.Equal(level, outcome.Level);
        Assert.Contains("end", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Roots_ThatNobodyHasWritten_AreAnError() => Assert.Equal("error", Assert.Single(await AfterAsync(new FakeCluster())).Level);

    [Fact]
    public async Task Webhook_WithOtherRoots_IsAnError()
    {
        using var other = CertificateAuthority.Create("cluster.local", _time);

        var outcome = Assert.Single(await AfterAsync(Installed().Object(Hooks, Webhook(other))), f => f.Check == "webhook");

        Assert.Equal("error", outcome.Level);
    }

    [Theory]
    [InlineData("""{"webhookListen": "0.0.0.0:15017"}""", 1)]
    [InlineData("{}", 0)]
    public async Task Webhook_ThatIsGone_IsAWarningWhereTheInstallationWantsOne(string configuration, int warnings)
    {
        var cluster = new FakeCluster().ConfigMap(Mesh, "nodemesh-ca-root-cert", ("root-cert.pem", _authority.Bundle.ToPem())).ConfigMap(Mesh, "nodemesh-control", ("control.json", configuration));

        Assert.Equal(warnings, (await AfterAsync(cluster)).Count(f => f is { Check: "webhook", Level: "warning" }));
    }

    private FakeCluster Installed() =>
        new FakeCluster().ConfigMap(Mesh, "nodemesh-ca-root-cert", ("root-cert.pem", _authority.Bundle.ToPem())).Object(Hooks, Webhook(_authority));

    private static JsonObject Webhook(CertificateAuthority authority) => new()
    {
        ["metadata"] = new JsonObject { ["name"] = "nodemesh-validator" },
        ["webhooks"] = new JsonArray(new JsonObject
        {
            ["name"] = "security.validator.nodemesh.io",
            ["clientConfig"] = new JsonObject { ["caBundle"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authority.Bundle.ToPem())) },
        }),
    };

    private Dictionary<string, string> Files(CertificateAuthority? authority = null)
    {
        var directory = Directory.CreateTempSubdirectory("nmt-ca-").FullName;
        try
        {
            (authority ?? _authority).Save(directory);
            return Directory.EnumerateFiles(directory).ToDictionary(f => Path.GetFileName(f), File.ReadAllText);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private Task<IReadOnlyList<CheckOutcome>> BeforeAsync(FakeCluster cluster) => cluster.AskAsync(c => new AuthorityChecks(c, Mesh, _time).BeforeAsync(TestContext.Current.CancellationToken));

    private Task<IReadOnlyList<CheckOutcome>> AfterAsync(FakeCluster cluster) => cluster.AskAsync(c => new AuthorityChecks(c, Mesh, _time).AfterAsync(TestContext.Current.CancellationToken));
}
