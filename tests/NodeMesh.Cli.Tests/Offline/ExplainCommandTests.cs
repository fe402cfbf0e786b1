using System.Text.Json;
using NodeMesh.Cli.Offline;

namespace NodeMesh.Cli.Tests.Offline;

public sealed class ExplainCommandTests : IDisposable
{
    private const string Mesh = """
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: shop}
        spec: {selector: {app: web}, ports: [{name: http, port: 80}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: web, namespace: shop}
        spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c}]}}}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: deny, namespace: shop}
        spec: {action: DENY, surprise: 1, rules: [{from: [{source: {namespaces: [evil]}}]}]}
        """;

    private readonly string _directory = Directory.CreateTempSubdirectory("nmt-explain-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Json_HasTheFieldsOfAnAnswer()
    {
        var (exitCode, output, errors) = Run("""
            [{"id": "a", "from": {"namespace": "shop"}, "to": {"host": "web", "port": 80}, "method": "PUT", "path": "/x?y", "headers": {"Host": "h", "A": ["1", "2"]}},
             {"id": "b", "from": {"namespace": "evil"}, "to": {"host": "web.shop", "port": 80}, "protocol": "grpc"}]
            """);

        var answers = JsonDocument.Parse(output).RootElement;
        Assert.Equal((0, 2), (exitCode, answers.GetArrayLength()));
        var (a, b) = (answers[0], answers[1]);
        Assert.Equal("""{"namespace":"shop","name":"web"}""", Compact(a.GetProperty("service")));
        Assert.Equal("""[{"service":"web","namespace":"shop","port":80,"subset":null,"weight":1}]""", Compact(a.GetProperty("backends")));
        Assert.Equal("""{"method":"PUT","host":"h","path":"/x?y","headers":{"a":["1","2"]},"protocol":"HTTP/1.1"}""", Compact(a.GetProperty("request")));
        Assert.Equal(("forward", "allow", "hbone"), (Text(a, "action"), Text(a, "verdict"), Text(a, "transport")));
        Assert.Equal("""{"mode":"PERMISSIVE","setBy":null}""", Compact(a.GetProperty("peerAuthentication")));
        Assert.Equal(("error", "deny", 403, 7), (Text(b, "action"), Text(b, "verdict"), b.GetProperty("status").GetInt32(), b.GetProperty("grpcStatus").GetInt32()));
        Assert.Equal("""{"kind":"AuthorizationPolicy","namespace":"shop","name":"deny","rule":0}""", Compact(b.GetProperty("deniedBy")));
        Assert.Equal("""{"policy":"LEAST_REQUEST","hash":null}""", Compact(b.GetProperty("loadBalancing")));
        Assert.NotEqual(0, b.GetProperty("why").GetArrayLength());
        Assert.Contains("surprise", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void RequestThatCannotBeAnswered_LeavesTheOthersAnswered()
    {
        var (exitCode, output, _) = Run("""[{"id": "a", "to": {"host": 1}}, {"id": "b", "to": {"host": "web.shop"}}]""");

        var answers = JsonDocument.Parse(output).RootElement;
        Assert.Equal(1, exitCode);
        Assert.Equal(["id", "error"], answers[0].EnumerateObject().Select(p => p.Name));
        Assert.Equal(("b", "allow"), (Text(answers[1], "id"), Text(answers[1], "verdict")));
    }

    [Fact]
    public void UnreadableFile_IsWrongUsage() =>
        Assert.Equal(2, ExplainCommand.Run(new ExplainOptions { Files = [Path.Combine(_directory, "missing.yaml")], Json = true }, TextWriter.Null, TextWriter.Null));

    [Theory]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("")]
    public void Requests_ThatAreNoArray_AreWrongUsage(string requests) => Assert.Throws<FormatException>(() => Run(requests));

    [Fact]
    public void PolicyWithAWrongValue_IsLeftOutAndReported()
    {
        var (_, output, errors) = Run("""[{"id": "a", "from": {"namespace": "shop"}, "to": {"host": "web"}}]""", Mesh.Replace("namespaces: [evil]", "ipBlocks: [nowhere]", StringComparison.Ordinal));

        var answer = JsonDocument.Parse(output).RootElement[0];
        Assert.Equal("allow", Text(answer, "verdict"));
        Assert.Contains(answer.GetProperty("why").EnumerateArray(), w => w.GetString()!.Contains("AuthorizationPolicy shop/deny", StringComparison.Ordinal));
        Assert.Contains("nowhere", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_DescribeOneRequest()
    {
        var json = QuickRequest.ToJson("deploy/web.shop", "reviews.shop:9080", "GET", "/x", ["a: b", "A: c"], null);

        var request = JsonDocument.Parse(json).RootElement[0];
        Assert.Equal("""{"namespace":"shop","pod":"web"}""", Compact(request.GetProperty("from")));
        Assert.Equal("""{"host":"reviews.shop","port":9080}""", Compact(request.GetProperty("to")));
        Assert.Equal("""{"a":["b","c"]}""", Compact(request.GetProperty("headers")));
    }

    [Fact]
    public void Text_IsATreeOfSteps()
    {
        File.WriteAllText(Path.Combine(_directory, "mesh.yaml"), Mesh);
        using var output = new StringWriter();

        ExplainCommand.Run(new ExplainOptions { Files = [_directory], Requests = QuickRequest.ToJson(null, "web.shop", null, null, [], null) }, output, TextWriter.Null);

        var lines = output.ToString().TrimEnd().Split('\n');
        Assert.Equal("web.shop: allow, forward, plaintext", lines[0]);
        Assert.All(lines[1..^1], line => Assert.StartsWith("  ├─ ", line, StringComparison.Ordinal));
        Assert.StartsWith("  └─ ", lines[^1], StringComparison.Ordinal);
    }

    private static string Compact(JsonElement element) => JsonSerializer.Serialize(element);

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private (int ExitCode, string Output, string Errors) Run(string requests, string mesh = Mesh)
    {
        File.WriteAllText(Path.Combine(_directory, "mesh.yaml"), mesh);
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var exitCode = ExplainCommand.Run(new ExplainOptions { Files = [_directory], Requests = requests, Json = true }, output, errors);
        return (exitCode, output.ToString(), errors.ToString());
    }
}
