using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeMesh.Testing;

namespace NodeMesh.Cli.Tests.Offline;

/// <summary>
/// <c>explain</c>, <c>analyze</c> and <c>validate</c> as scripts run them: the program itself, its standard output to the letter, and its exit code. Sentences for people
/// (<c>why</c>) must be there and may change; all else is what others build on. <c>NODEMESH_GOLDEN=write</c> writes the outputs anew, to be read before they are committed.
/// </summary>
public sealed class GoldenTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "nodemesh.dll");
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    [Theory]
    [InlineData("explain-routes", "routes.json", 0, "explain -f shop.yaml -f gateway-api.yaml -f istio.yaml --requests requests.json -o json")]
    [InlineData("explain-routes", "routes.json", 0, "explain -f . --requests requests.json -o json")]
    [InlineData("explain-policies", "policies.json", 0, "explain -f mesh.yaml --requests requests.json -o json")]
    [InlineData("explain-mesh", "mesh-config.json", 0, "explain -f mesh.yaml -f root.yaml --mesh-config mesh-config.yaml --requests requests.json -o json")]
    [InlineData("explain-batch", "batch.json", 1, "explain -f mesh.yaml --requests requests.json -o json")]
    [InlineData("explain-batch", "empty", 2, "explain -f missing.yaml --requests requests.json -o json")]
    [InlineData("explain-batch", "empty", 2, "explain -f mesh.yaml --requests missing.json -o json")]
    [InlineData("explain-batch", "empty", 2, "explain -f mesh.yaml --requests mesh.yaml -o json")]
    [InlineData("explain-text", "one.json", 0, "explain -f mesh.yaml --from deploy/client.shop --to web.shop:80 --method GET --path /x?y -H a:b -o json")]
    [InlineData("explain-text", "one.txt", 0, "explain -f mesh.yaml --from deploy/client.shop --to web.shop:80 --method GET --path /x?y -H a:b")]
    [InlineData("validate", "accepted-yaml.json", 0, "validate -f accepted.yaml -f accepted.json -o json")]
    [InlineData("validate", "warned-yaml.json", 0, "validate -f warned.yaml -o json")]
    [InlineData("validate", "refused-yaml.json", 1, "validate -f refused.yaml -o json")]
    [InlineData("validate", "unknown-yaml.json", 0, "validate -f unknown.yaml -o json")]
    [InlineData("validate", "missing-yaml.json", 2, "validate -f missing.yaml -o json")]
    [InlineData("validate", "empty", 1, "validate -f refused.yaml")]
    [InlineData("validate", "empty", 2, "validate")]
    [InlineData("validate", "empty", 2, "validate -f accepted.yaml -o xml")]
    [InlineData("analyze", "silent-yaml.json", 0, "analyze -f silent.yaml --use-kube=false -o json")]
    [InlineData("analyze", "shop-yaml.json", 1, "analyze -f shop.yaml --use-kube=false -o json")]
    [InlineData("analyze", "shop-yaml.json", 1, "analyze -f shop.yaml -A -o json")]
    [InlineData("analyze", "other-namespace.json", 0, "analyze -f shop.yaml -n other -o json")]
    [InlineData("analyze", "one-analyzer.json", 1, "analyze -f shop.yaml --analyzer nodemesh.RouteBackendAnalyzer --analyzer schema.ValidationAnalyzer.EnvoyFilter -o json")]
    [InlineData("analyze", "errors.json", 1, "analyze -f shop.yaml --output-threshold Error -o json")]
    [InlineData("analyze", "other-namespace.json", 1, "analyze -f shop.yaml -n other --failure-threshold Warning -o json")]
    [InlineData("analyze", "suppressed.json", 1, "analyze -f shop.yaml --output-threshold Error --suppress NM0102=HTTPRoute/shop/* -o json")]
    [InlineData("analyze", "root.json", 0, "analyze -f root.yaml -o json")]
    [InlineData("analyze", "silent-yaml.json", 0, "analyze -f root.yaml --mesh-config mesh-config.yaml --analyzer auth.AuthorizationPoliciesAnalyzer -o json")]
    [InlineData("analyze", "networks.json", 1, "analyze -f silent.yaml --mesh-networks networks.yaml -o json")]
    [InlineData("analyze", "empty", 2, "analyze -f shop.yaml --analyzer nobody.Analyzer -o json")]
    [InlineData("analyze", "empty", 2, "analyze -f shop.yaml --suppress NM0102 -o json")]
    public async Task Command_PrintsWhatIsWrittenDown(string example, string output, int exitCode, string arguments)
    {
        var directory = Path.Combine(AppContext.BaseDirectory, "Offline", "Golden", example);
        var (exit, actual, errors) = await TestCommand.RunAsync("env", ["-C", directory, "dotnet", Program, .. arguments.Split(' ')]);

        Assert.True(exit == exitCode, $"exit code {exit}: {errors}{actual}");
        if (output == "empty")
        {
            Assert.Equal("", actual);
            Assert.NotEqual("", errors);
            return;
        }

        var text = output.EndsWith(".json", StringComparison.Ordinal) ? WithoutSentences(actual) : actual;
        var expected = Path.Combine(directory, $"expected-{output}");
        if (Environment.GetEnvironmentVariable("NODEMESH_GOLDEN") == "write")
        {
            await File.WriteAllTextAsync(expected, text, TestContext.Current.CancellationToken);
        }

        Assert.Equal(await File.ReadAllTextAsync(expected, TestContext.Current.CancellationToken), text);
    }

    /// <summary>Checks that every answer has its sentences, and takes them out.</summary>
    private static string WithoutSentences(string json)
    {
        var answers = JsonNode.Parse(json)!.AsArray();
        foreach (var answer in answers.Select(a => a!.AsObject()).Where(a => a.ContainsKey("verdict")))
        {
            Assert.NotEmpty(answer["why"]!.AsArray());
            Assert.All(answer["why"]!.AsArray(), sentence => Assert.EndsWith(".", sentence!.GetValue<string>(), StringComparison.Ordinal));
            answer.Remove("why");
        }

        return $"{answers.ToJsonString(Readable)}\n";
    }
}
