using System.Text.Json.Nodes;
using NodeMesh.Control.Compilation;
using NodeMesh.Control.Status;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Testing;

namespace NodeMesh.Control.Tests.Status;

public sealed class StatusWriterTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("nmt-status-").FullName;
    private readonly ManualTimeProvider _time = new();
    private StatusWriter _writer;

    public StatusWriterTests() => _writer = new StatusWriter(_directory, _time);

    public void Dispose() => Directory.Delete(_directory, true);

    [Theory]
    [InlineData("kind: AuthorizationPolicy\nspec: {}", "True", "Accepted", "False", "NothingMeshed")]
    [InlineData("kind: AuthorizationPolicy\nspec: {action: AUDIT}", "True", "Accepted", "False", "NothingMeshed")]
    [InlineData("kind: AuthorizationPolicy\nspec: {rules: [{form: []}]}", "False", "Invalid", null, null)]
    [InlineData("kind: RequestAuthentication", "False", "NotServed", null, null)]
    [InlineData("kind: Nonsense", "False", "UnknownKind", null, null)]
    public void Status_SaysWhatBecameOfTheResource(string body, string accepted, string reason, string? enforced, string? enforcedReason)
    {
        Write($"apiVersion: security.istio.io/v1\n{body}\nmetadata: {{name: p, namespace: shop, generation: 3}}");

        var status = Read(body.Split('\n')[0]["kind: ".Length..] + ".shop.p.json");
        Assert.Equal((accepted, reason), Condition(status, "Accepted"));
        Assert.Equal(enforced is null ? null : (enforced, enforcedReason!), Condition(status, "Enforced"));
        Assert.NotEmpty((JsonArray)status["validationMessages"]!);
    }

    [Fact]
    public void KindsOfOneName_HaveFilesOfTheirOwn()
    {
        Write("""
            apiVersion: specs.smi-spec.io/v1alpha4
            kind: TCPRoute
            metadata: {name: r, namespace: shop}
            spec: {matches: {ports: [80]}}
            ---
            apiVersion: gateway.networking.k8s.io/v1alpha2
            kind: TCPRoute
            metadata: {name: r, namespace: shop}
            spec: {parentRefs: [{group: "", kind: Service, name: web}], rules: [{backendRefs: [{name: web, port: 80}]}]}
            """);

        Assert.NotNull(Read("TCPRoute.specs.smi-spec.io.shop.r.json")["conditions"]);
        Assert.Single((JsonArray)Read("TCPRoute.gateway.networking.k8s.io.shop.r.json")["parents"]!);
    }

    [Theory]
    [InlineData("{}", "{rules: [{from: [{source: {namespaces: [shop]}}]}]}", "True", "Enforced")]
    [InlineData("{istio.io/dry-run: 'true'}", "{}", "False", "DryRun")]
    [InlineData("{}", "{action: AUDIT}", "False", "UnsupportedValue")]
    [InlineData("{}", "{rules: [{to: [{operation: {methods: [GET]}}]}]}", "False", "UnsupportedValue")]
    [InlineData("{}", "{selector: {matchLabels: {app: nope}}}", "False", "SelectorMatchesNothing")]
    public void Enforced_TellsWhetherThePolicyDoesWhatItSays(string annotations, string spec, string enforced, string reason)
    {
        Write($$"""
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop, labels: {nodemesh.io/mesh: enabled} }
            spec: {containers: [{name: c}]}
            ---
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: p, namespace: shop, generation: 2, annotations: {{annotations}} }
            spec: {{spec}}
            """);

        var status = Read("AuthorizationPolicy.shop.p.json");
        Assert.Equal((enforced, reason), Condition(status, "Enforced"));
        Assert.Equal(2, (int)status["observedGeneration"]!);
        Assert.Single(Directory.GetFiles(_directory));
    }

    [Fact]
    public void Write_Unchanged_LeavesTheFileAlone()
    {
        Write(Policy("{}"));
        var path = Path.Combine(_directory, "PeerAuthentication.shop.p.json");
        File.WriteAllText(path, "mine");

        _time.Advance(TimeSpan.FromHours(1));
        Write(Policy("{}"));

        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Fact]
    public void Condition_KeepsItsTimeUntilItsStatusChanges_AlsoOverRestarts()
    {
        Write(Policy("{}"));
        var first = Time("Accepted");
        _time.Advance(TimeSpan.FromHours(1));
        _writer = new StatusWriter(_directory, _time);

        Write(Policy("{mtls: {mode: STRICT}, selector: {matchLabels: {a: b}}}"));
        Assert.Equal(first, Time("Accepted"));

        Write(Policy("{mtls: {mode: WRONG}}"));
        Assert.NotEqual(first, Time("Accepted"));
    }

    [Fact]
    public void Write_ResourceGone_RemovesItsFile_AlsoOverRestarts()
    {
        Write(Policy("{}"));
        _writer = new StatusWriter(_directory, _time);

        Write("");

        Assert.Empty(Directory.GetFiles(_directory));
    }

    private static string Policy(string spec) => $"apiVersion: security.istio.io/v1\nkind: PeerAuthentication\nmetadata: {{name: p, namespace: shop}}\nspec: {spec}";

    private static (string, string)? Condition(JsonNode status, string type) =>
        ((JsonArray)status["conditions"]!).FirstOrDefault(c => (string)c!["type"]! == type) is { } condition ? ((string)condition["status"]!, (string)condition["reason"]!) : null;

    private string Time(string type) => (string)((JsonArray)Read("PeerAuthentication.shop.p.json")["conditions"]!).First(c => (string)c!["type"]! == type)!["lastTransitionTime"]!;

    private JsonNode Read(string name) => JsonNode.Parse(File.ReadAllText(Path.Combine(_directory, name)))!;

    private void Write(string manifests)
    {
        var set = ManifestReader.ReadText(manifests, "in.yaml");
        _writer.Write(new MeshCompiler(new MeshSettings()).Compile(set.Documents, set.Findings).Statuses);
    }
}
