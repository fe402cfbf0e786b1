using System.Text.Json.Nodes;

namespace NodeMesh.EndToEnd;

/// <summary>A mesh under test: one of <c>nodemesh local</c>, or one on a Kubernetes cluster. The tests know nodes as node-1 and node-2, and pods as <c>namespace/name</c>.</summary>
internal abstract class TestMesh : IAsyncDisposable
{
    protected TestMesh(string name) => Name = name;

    public string Name { get; }

    /// <summary>What the names of the suite's meshes begin with: two runs with different ones do not disturb each other.</summary>
    public static string Prefix => Environment.GetEnvironmentVariable("NODEMESH_E2E_NAME") ?? "e2e";

    /// <summary>The network namespace that joins the nodes, and is in none of them.</summary>
    public abstract string OutsideNamespace { get; }

    /// <summary>The device there.</summary>
    public abstract string OutsideDevice { get; }

    /// <summary>Makes a mesh; one of the same name that a killed run left is removed first.</summary>
    public static Task<TestMesh> UpAsync(string name, params string[] files) => UpAsync(name, [], files);

    /// <summary>Makes a mesh with further options of <c>nodemesh local up</c>; a cluster's is installed with what the tests need.</summary>
    public static async Task<TestMesh> UpAsync(string name, string[] options, params string[] files) =>
        ClusterMesh.Cluster is { } cluster ? await ClusterMesh.StartAsync(cluster, files) : await LocalMesh.StartAsync(name, options, files);

    /// <summary>What a node is called there.</summary>
    public abstract string NodeName(string node);

    /// <summary>The network namespace of a node.</summary>
    public abstract string NodeNamespace(string node);

    /// <summary>The address of a node.</summary>
    public abstract string NodeAddress(string node);

    /// <summary>Runs a command in a pod.</summary>
    public abstract Task<CommandResult> ExecAsync(string pod, params string[] command);

    /// <summary>Applies manifests given as text.</summary>
    public abstract Task ApplyAsync(string yaml);

    /// <summary>Deletes what the text describes; what is not there is no error.</summary>
    public abstract Task DeleteAsync(string yaml);

    /// <summary>A resource as JSON.</summary>
    public abstract Task<JsonNode> GetAsync(string kind, string ns, string name);

    /// <summary>What a pod has printed.</summary>
    public abstract Task<string> LogAsync(string pod);

    /// <summary>The text of a node's proxy log, access lines included.</summary>
    public abstract Task<string> ProxyLogAsync(string node);

    /// <summary>Asks this mesh by the command line: <c>proxy-status</c>, or <c>proxy-config SECTION NODE</c>.</summary>
    public abstract Task<CommandResult> QueryAsync(params string[] arguments);

    /// <summary>The process of the control plane (no node), or of a node's proxy; 0 while it is down.</summary>
    public abstract Task<int> ProcessIdAsync(string role, string? node);

    /// <summary>Files with the certificate and the key of the mesh's CA.</summary>
    public abstract Task<(string Certificate, string Key)> AuthorityAsync();

    public abstract ValueTask DisposeAsync();

    /// <summary>Runs the peer in a pod, for so long at most.</summary>
    public Task<CommandResult> PeerAsync(TimeSpan timeout, string pod, params string[] arguments) =>
        ExecAsync(pod, ["timeout", $"{timeout.TotalSeconds:0}", Command.Bin("tests/peer"), .. arguments]);

    /// <summary>Runs the peer in a pod.</summary>
    public Task<CommandResult> PeerAsync(string pod, params string[] arguments) => ExecAsync(pod, [Command.Bin("tests/peer"), .. arguments]);

    /// <summary>A pod's first address.</summary>
    public async Task<string> AddressAsync(string pod)
    {
        var parts = pod.Split('/');
        return (await GetAsync("pod", parts[0], parts[1]))["status"]!["podIP"]!.GetValue<string>();
    }

    /// <summary>The last JSON access line of a node's proxy about a destination workload; null when there is none.</summary>
    public async Task<JsonNode?> LastAccessAsync(string node, string destination, string direction) =>
        (await AccessAsync(node, destination, direction)).LastOrDefault();

    /// <summary>The JSON access lines of a node's proxy about a destination workload.</summary>
    public async Task<IEnumerable<JsonNode>> AccessAsync(string node, string destination, string direction) =>
        (await ProxyLogAsync(node)).Split('\n')
            .Where(l => l.StartsWith('{') && l.EndsWith('}') && l.Contains("\"direction\"", StringComparison.Ordinal))
            .Select(l => JsonNode.Parse(l)!)
            .Where(r => (string?)r["dst.workload"] == destination && (string?)r["direction"] == direction);

    /// <summary>A node's live connections as the command line prints them.</summary>
    public async Task<string> LiveConnectionsAsync(string node) => (await QueryAsync("proxy-config", "connection", node, "-o", "json")).Expect();

    /// <summary>The serial numbers of the certificates that a node's proxy holds.</summary>
    public async Task<string[]> SerialNumbersAsync(string node)
    {
        // A node under load may let the command line wait for longer than it does.
        var answer = await Eventually.GetAsync(() => QueryAsync("proxy-config", "certificate", node, "-o", "json"), result => result.ExitCode == 0);
        var certificates = JsonNode.Parse(answer.Output)!;
        return [.. certificates.AsArray().Select(c => (string)c!["serialNumber"]!)];
    }

    /// <summary>Runs something with a file that has this text.</summary>
    protected async Task<CommandResult> WithFileAsync(string text, Func<string, Task<CommandResult>> run)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Name}-{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(file, text);
        try
        {
            return await run(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
