using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeMesh.EndToEnd;

/// <summary>A mesh of applications that fail, wait, go away and misbehave as they are told, where every request has an access line.</summary>
public sealed class ResilienceMesh : IAsyncLifetime
{
    private const string Client = "res/client";

    private int _last;

    internal TestMesh Mesh { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Mesh = await TestMesh.UpAsync($"{TestMesh.Prefix}-res", "resilience.yaml");

    public async ValueTask DisposeAsync()
    {
        if (Mesh is not null)
        {
            await Mesh.DisposeAsync();
        }
    }

    /// <summary>A key that no request had before.</summary>
    internal string NextKey() => $"k{Interlocked.Increment(ref _last)}";

    internal Task<AppliedPolicy> ApplyAsync(string yaml) => AppliedPolicy.ApplyAsync(Mesh, yaml);

    /// <summary>Runs curl in the client's pod, whatever comes of it.</summary>
    internal Task<CommandResult> TryCurlAsync(params string[] arguments) => Mesh.ExecAsync(Client, ["curl", "-s", "-m", "60", .. arguments]);

    internal async Task<string> CurlAsync(params string[] arguments) => (await TryCurlAsync(arguments)).Expect();

    /// <summary>The body of an answer and its status: <c>body 200</c>.</summary>
    internal Task<string> AskAsync(params string[] arguments) => CurlAsync(["-w", " %{http_code}", .. arguments]);

    /// <summary>Asks until the answer is as wanted, which policies that were just applied may change.</summary>
    internal Task<string> AskUntilAsync(Func<string, bool> holds, params string[] arguments) =>
        Eventually.GetAsync(async () => (await TryCurlAsync(["-w", " %{http_code}", .. arguments])).Output.Trim(), holds);

    /// <summary>Asks a pod of the application by its own address, past the policies of services.</summary>
    internal async Task<string> AtAsync(string pod, string path) => await CurlAsync($"http://{await Mesh.AddressAsync($"res/{pod}")}:8080{path}");

    internal async Task<string> GrpcAsync(string host, string shape, string timeout = "30S") =>
        (await Mesh.PeerAsync(Client, "grpc", host, shape, "1", timeout)).Output.Trim();

    /// <summary>Who answers twelve requests for work, in the order of their names.</summary>
    internal async Task<string> WorkersAsync() =>
        string.Join(' ', (await CurlAsync("http://work.res/work?[1-12]")).Split('\n', StringSplitOptions.RemoveEmptyEntries).Distinct().Order(StringComparer.Ordinal));

    /// <summary>Waits for the access line of a request by its path and query, which nothing else has.</summary>
    internal async Task<JsonNode> LineAsync(string path) =>
        (await Eventually.GetAsync(async () => (await LinesAsync()).FirstOrDefault(l => (string?)l["path"] == path), line => line is not null))!;

    /// <summary>The access lines of requests at the client's node.</summary>
    internal async Task<JsonNode[]> LinesAsync() =>
        [.. (await Mesh.ProxyLogAsync("node-1")).Split('\n')
            .Where(l => l.StartsWith('{') && l.EndsWith('}') && l.Contains("\"response_flags\"", StringComparison.Ordinal))
            .Select(l => JsonNode.Parse(l)!)];

    /// <summary>Status and flags of a request: <c>503 UF,URX</c>.</summary>
    internal async Task<string> FlagsAsync(string path)
    {
        var line = await LineAsync(path);
        return $"{line["response_code"]} {(string?)line["response_flags"]}";
    }

    /// <summary>Waits until nothing is left of the routes and retries of an earlier test.</summary>
    internal async Task IsPlainAsync()
    {
        await Eventually.GetAsync(() => AskAsync($"http://one.res/fail?times=1&key={NextKey()}"), seen => seen == "try 1 503");
        await Eventually.GetAsync(
            async () =>
            {
                var path = $"/close?{NextKey()}";
                await TryCurlAsync("-d", "once", $"http://bad.res{path}");
                return await FlagsAsync(path);
            },
            seen => seen == "503 UC");
    }

    /// <summary>Waits until nothing is left of what an earlier policy thought of a service's endpoints.</summary>
    internal Task<string> IsCleanAsync(string service) => Eventually.GetAsync(
        async () =>
        {
            await TryCurlAsync("-o", "/dev/null", $"http://{service}.res/work?[1-3]");
            return await StatesAsync(service);
        },
        seen => !seen.Contains("ejected", StringComparison.Ordinal) && !seen.Contains("unhealthy", StringComparison.Ordinal));

    /// <summary>The state of a service's endpoints as the client's node sees them, <c>a usable b ejected</c>: where several policies hold for clients, for all of them one after the other.</summary>
    internal async Task<string> StatesAsync(string service)
    {
        var views = JsonNode.Parse((await Mesh.QueryAsync("proxy-config", "endpoint", "node-1", "-o", "json")).Expect())!.AsArray();
        return string.Join(' ', views
            .Where(v => (string?)v!["service"] == $"res/{service}.res.svc.cluster.local" && (int)v["port"]! == 80)
            .OrderBy(v => $"{v!["policyNamespace"]}/{v["workload"]}", StringComparer.Ordinal)
            .Select(v => $"{((string)v!["workload"]!).Split('/')[1]} {v["state"]}"));
    }

    /// <summary>The sum of a metric's series at the client's node that have all of these labels.</summary>
    internal async Task<double> SumAsync(string metric, params string[] labels)
    {
        var text = (await Command.RunAsync("nsenter", [$"--net={Mesh.NodeNamespace("node-1")}", "curl", "-s", "http://127.0.0.1:15020/metrics"])).Expect();
        return text.Split('\n')
            .Where(l => (l.StartsWith($"{metric}{{", StringComparison.Ordinal) || l.StartsWith($"{metric} ", StringComparison.Ordinal)) && labels.All(label => l.Contains(label, StringComparison.Ordinal)))
            .Sum(l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
    }
}
