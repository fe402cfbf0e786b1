using System.Formats.Tar;
using System.IO.Compression;
using NodeMesh.Cli.BugReport;
using NodeMesh.Cli.Proxy;
using NodeMesh.Testing;

namespace NodeMesh.Cli.Tests.BugReport;

public sealed class RedactionTests
{
    private const string Jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl";

    [Theory]
    [InlineData("key: |\n  -----BEGIN RSA PRIVATE KEY-----\n  MIIEsecret\n  -----END RSA PRIVATE KEY-----\nnext: 1", "MIIEsecret")]
    [InlineData("{\"key\": \"-----BEGIN PRIVATE KEY-----\\nMIIEsecret\\n-----END PRIVATE KEY-----\\n\"}", "MIIEsecret")]
    [InlineData("-----BEGIN EC PRIVATE KEY-----\nMIIEsecret, cut off", "MIIEsecret")]
    [InlineData("token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl in a log", "c2lnbmF0dXJl")]
    [InlineData("Authorization: Bearer abcdef123456", "abcdef123456")]
    [InlineData("https://user:hunter2@example.com/x", "hunter2")]
    [InlineData("password: hunter2", "hunter2")]
    [InlineData("{\"dbPassword\":\"hunter2\",\"x\":1}", "hunter2")]
    [InlineData("{\"name\":\"DB_PASSWORD\",\"value\":\"hunter2\"}", "hunter2")]
    [InlineData("- name: API_TOKEN\n  value: hunter2\n", "hunter2")]
    [InlineData("api_key=hunter2 other=1", "hunter2")]
    public void Of_WhatIsSecret_IsTakenOut(string text, string secret)
    {
        var redacted = Redaction.Of(text);
        Assert.DoesNotContain(secret, redacted, StringComparison.Ordinal);
        Assert.Contains("REDACTED", redacted, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----")]
    [InlineData("{\"identity\":\"spiffe://cluster.local/ns/shop/sa/web\",\"state\":\"available\"}")]
    [InlineData("tokenFile: /var/run/secrets/nodemesh/token/token")]
    [InlineData("http://catalog:8080/x@y")]
    [InlineData("automountServiceAccountToken: false")]
    public void Of_WhatIsNot_Stays(string text) => Assert.Equal(text, Redaction.Of(text));

    [Fact]
    public async Task Archive_HasRedactedFiles_AndNamesWhatCouldNotBeCollected()
    {
        using var archive = new MemoryStream();
        IReadOnlyList<ReportEntry> entries =
        [
            new("a.txt", "a", _ => Task.FromResult($"hello {Jwt}")),
            new("b.txt", "b", _ => throw new ProxyQueryException("the proxy of node-1 cannot be asked")),
        ];
        var errors = await new ReportArchive(new ManualTimeProvider()).WriteAsync(entries, archive, TestContext.Current.CancellationToken);

        archive.Position = 0;
        var files = new Dictionary<string, string>();
        await using var gzip = new GZipStream(archive, CompressionMode.Decompress);
        await using var tar = new TarReader(gzip);
        while (await tar.GetNextEntryAsync(cancellationToken: TestContext.Current.CancellationToken) is { } entry)
        {
            using var reader = new StreamReader(entry.DataStream!);
            files[entry.Name] = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal(["b.txt: the proxy of node-1 cannot be asked"], errors);
        Assert.Equal(new Dictionary<string, string>
        {
            ["nodemesh-bug-report/a.txt"] = "hello REDACTED",
            ["nodemesh-bug-report/errors.txt"] = "b.txt: the proxy of node-1 cannot be asked\n",
        }, files);
    }
}
