using System.Text.Json;
using NodeMesh.Cli.Offline;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Cli.Tests.Offline;

public sealed class OfflineCommandsTests : IDisposable
{
    private const string Good = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a}\n";
    private const string Bad = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: v, namespace: shop}\nspec: {hosts: [a], http: [{}]}\n";
    private const string Unserved = "apiVersion: networking.istio.io/v1alpha3\nkind: EnvoyFilter\nmetadata: {name: e, namespace: shop}\nspec: {}\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("nmt-offline-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(Good, 0)]
    [InlineData(Unserved, 0)]
    [InlineData(Bad, 1)]
    [InlineData("a: [", 1)]
    [InlineData("apiVersion: security.istio.io/v1\nkind: Nobody\nmetadata: {name: n}\n", 1)]
    public void Validate_ExitCode_TellsWhetherTheWebhookWouldTakeIt(string manifest, int exitCode) => Assert.Equal(exitCode, Validate(Write(manifest)).ExitCode);

    [Fact]
    public void Validate_UnreadableFile_IsWrongUsage() => Assert.Equal(2, Validate(Path.Combine(_directory, "missing.yaml")).ExitCode);

    [Fact]
    public void Validate_Json_HasAnEntryForEveryDocument()
    {
        var file = Write($"{Good}---\n{Bad}---\n{Unserved}");

        var entries = JsonDocument.Parse(Validate(file).Output).RootElement;

        Assert.Equal([true, false, true], entries.EnumerateArray().Select(e => e.GetProperty("valid").GetBoolean()));
        Assert.Equal([0, 1, 2], entries.EnumerateArray().Select(e => e.GetProperty("document").GetInt32()));
        Assert.Equal("shop", entries[1].GetProperty("resource").GetProperty("namespace").GetString());
        var finding = entries[1].GetProperty("findings").EnumerateArray().Single(f => f.GetProperty("level").GetString() == "Error");
        Assert.Equal(("IST0106", "spec.http[0].route", 8), (finding.GetProperty("code").GetString(), finding.GetProperty("field").GetString(), finding.GetProperty("line").GetInt32()));
        Assert.Equal("NM0006", entries[2].GetProperty("findings")[0].GetProperty("code").GetString());
    }

    [Theory]
    [InlineData(Good, FindingLevel.Error, 0)]
    [InlineData(Bad, FindingLevel.Error, 1)]
    [InlineData(Unserved, FindingLevel.Error, 0)]
    [InlineData(Unserved, FindingLevel.Warning, 1)]
    public void Analyze_FailureThreshold_DecidesTheExitCode(string manifest, FindingLevel threshold, int exitCode) =>
        Assert.Equal(exitCode, Analyze(new AnalyzeOptions { Files = [Write(manifest)], FailureThreshold = threshold }).ExitCode);

    [Fact]
    public void Analyze_Silent_PrintsAnEmptyList() => Assert.Equal("[]", Analyze(new AnalyzeOptions { Files = [Write(Good)], Json = true }).Output.Trim());

    [Fact]
    public void Analyze_Json_HasAllFields()
    {
        var (_, output) = Analyze(new AnalyzeOptions { Files = [Write(Bad)], Json = true, OutputThreshold = FindingLevel.Error });

        var finding = Assert.Single(JsonDocument.Parse(output).RootElement.EnumerateArray());
        Assert.Equal(
            ["code", "level", "analyzer", "resource", "field", "file", "line", "message", "remedy"],
            finding.EnumerateObject().Select(p => p.Name));
        Assert.Equal("schema.ValidationAnalyzer.VirtualService", finding.GetProperty("analyzer").GetString());
    }

    [Theory]
    [InlineData("IST0106=VirtualService v.shop", 0)]
    [InlineData("IST0106=VirtualService/shop/*", 0)]
    [InlineData("IST0106=Gateway *", 1)]
    [InlineData("IST0106", 2)]
    public void Analyze_Suppress_LeavesOut(string suppression, int exitCode) =>
        Assert.Equal(exitCode, Analyze(new AnalyzeOptions { Files = [Write(Bad)], Suppress = [suppression] }).ExitCode);

    [Fact]
    public void Analyze_Namespace_LeavesOutOthers()
    {
        Assert.Equal(0, Analyze(new AnalyzeOptions { Files = [Write(Bad)], Namespace = "other" }).ExitCode);
        Assert.Equal(1, Analyze(new AnalyzeOptions { Files = [Write(Bad)], Namespace = "shop" }).ExitCode);
    }

    [Fact]
    public void Analyze_MeshNetworks_AreChecked()
    {
        var networks = Path.Combine(_directory, "networks");
        File.WriteAllText(networks, "networks:\n  one:\n    endpoints:\n    - fromRegistry: nobody\n");

        var (exitCode, output) = Analyze(new AnalyzeOptions { Files = [Write(Good)], MeshNetworks = networks, Json = true });

        Assert.Equal((1, "IST0126", 4), (exitCode, JsonDocument.Parse(output).RootElement[0].GetProperty("code").GetString(), JsonDocument.Parse(output).RootElement[0].GetProperty("line").GetInt32()));
    }

    [Fact]
    public void Analyze_MeshConfig_SetsTheRootNamespace()
    {
        var config = Path.Combine(_directory, "mesh");
        File.WriteAllText(config, "rootNamespace: mesh-root\nfutureField: {a: 1}\n");
        var policy = Write("apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p, namespace: mesh-root}\nspec: {rules: [{}]}\n");

        Assert.DoesNotContain("IST0127", Analyze(new AnalyzeOptions { Files = [policy], MeshConfig = config, Json = true }).Output, StringComparison.Ordinal);
        Assert.Contains("IST0127", Analyze(new AnalyzeOptions { Files = [policy], Json = true }).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Yaml_SaysWhatJsonSays()
    {
        var file = Write(Bad);

        Assert.Contains("- code: IST0106\n  level: Error\n", Analyze(new AnalyzeOptions { Files = [file], Yaml = true }).Output, StringComparison.Ordinal);
        Assert.Equal("[]", Analyze(new AnalyzeOptions { Files = [Write(Good)], Yaml = true }).Output.Trim());
        Assert.Contains("valid: true\n", Validate(Write(Good), "yaml").Output, StringComparison.Ordinal);
        Assert.Contains("analyzer: gateway.SecretAnalyzer\n", Analyze(new AnalyzeOptions { ListAnalyzers = true, Yaml = true }).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Analyze_ListAnalyzers_NamesThem() => Assert.Contains("gateway.SecretAnalyzer", Analyze(new AnalyzeOptions { ListAnalyzers = true }).Output, StringComparison.Ordinal);

    [Fact]
    public void Analyze_WithoutFiles_IsWrongUsage() => Assert.Equal(2, Analyze(new AnalyzeOptions()).ExitCode);

    private static (int ExitCode, string Output) Validate(string file, string? format = "json")
    {
        using var output = new StringWriter();
        return (ValidateCommand.Run([file], "default", format, output, TextWriter.Null), output.ToString());
    }

    private static (int ExitCode, string Output) Analyze(AnalyzeOptions options)
    {
        using var output = new StringWriter();
        return (AnalyzeCommand.Run(options, output, TextWriter.Null), output.ToString());
    }

    private string Write(string manifest)
    {
        var file = Path.Combine(_directory, "in.yaml");
        File.WriteAllText(file, manifest);
        return file;
    }
}
