using System.Text.Json.Nodes;

namespace NodeMesh.EndToEnd;

/// <summary>A mesh of <c>nodemesh local</c>, driven by its command line alone.</summary>
internal sealed class LocalMesh : IAsyncDisposable
{
    private LocalMesh(string name) => Name = name;

    public string Name { get; }

    /// <summary>What the end-to-end suite captures with; the suite runs once per mode.</summary>
    public static string Capture => Environment.GetEnvironmentVariable("NODEMESH_E2E_CAPTURE") ?? "auto";

    /// <summary>What the names of the suite's meshes begin with: two runs with different ones do not disturb each other.</summary>
    public static string Prefix => Environment.GetEnvironmentVariable("NODEMESH_E2E_NAME") ?? "e2e";

    public string StateDirectory => $"/run/nodemesh/{Name}";

    /// <summary>Makes a mesh; one of the same name that a killed run left is removed first.</summary>
    public static Task<LocalMesh> UpAsync(string name, params string[] files) => UpAsync(name, [], files);

    /// <summary>Makes a mesh with further options.</summary>
    public static async Task<LocalMesh> UpAsync(string name, string[] options, params string[] files)
    {
        await NodeMeshAsync("local", "down", "--name", name);
        var arguments = new List<string> { "local", "up", "--name", name, "--capture", Capture, "--image", $"peer={Command.Bin("tests/peer")}" };
        foreach (var file in files)
        {
            arguments.AddRange(["-f", Path.Combine(AppContext.BaseDirectory, "Manifests", file)]);
        }

        arguments.AddRange(options);
        var mesh = new LocalMesh(name);
        try
        {
            (await NodeMeshAsync([.. arguments])).Expect();
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    public static Task<CommandResult> NodeMeshAsync(params string[] arguments) => Command.RunAsync(Command.Bin("nodemesh"), arguments);

    /// <summary>Runs a command of <c>nodemesh local</c> on this mesh.</summary>
    public Task<CommandResult> LocalAsync(string command, params string[] arguments) => NodeMeshAsync(["local", command, "--name", Name, .. arguments]);

    /// <summary>Runs a command in a pod, given as <c>namespace/name</c>.</summary>
    public Task<CommandResult> ExecAsync(string pod, params string[] command)
    {
        var parts = pod.Split('/');
        return NodeMeshAsync(["local", "exec", "--name", Name, "-n", parts[0], parts[1], "--", .. command]);
    }

    /// <summary>Runs the peer in a pod, for so long at most.</summary>
    public Task<CommandResult> PeerAsync(TimeSpan timeout, string pod, params string[] arguments) =>
        ExecAsync(pod, ["timeout", $"{timeout.TotalSeconds:0}", Command.Bin("tests/peer"), .. arguments]);

    /// <summary>Runs the peer in a pod.</summary>
    public Task<CommandResult> PeerAsync(string pod, params string[] arguments) => ExecAsync(pod, [Command.Bin("tests/peer"), .. arguments]);

    /// <summary>Applies manifests given as text.</summary>
    public async Task ApplyAsync(string yaml) => (await WithFileAsync("apply", yaml)).Expect();

    /// <summary>Deletes what the text describes; what is not there is no error.</summary>
    public Task DeleteAsync(string yaml) => WithFileAsync("delete", yaml);

    /// <summary>A resource as JSON.</summary>
    public async Task<JsonNode> GetAsync(string kind, string ns, string name) =>
        JsonNode.Parse((await LocalAsync("get", kind, name, "-n", ns, "-o", "json")).Expect())!;

    /// <summary>A pod's first address.</summary>
    public async Task<string> AddressAsync(string pod)
    {
        var parts = pod.Split('/');
        return (await GetAsync("pod", parts[0], parts[1]))["status"]!["podIP"]!.GetValue<string>();
    }

    /// <summary>The text of a node's proxy log, access lines included.</summary>
    public Task<string> ProxyLogAsync(string node) => File.ReadAllTextAsync(Path.Combine(StateDirectory, "logs", $"{node}-proxy.log"));

    /// <summary>The last JSON access line of a node's proxy about a destination workload; null when there is none.</summary>
    public async Task<JsonNode?> LastAccessAsync(string node, string destination, string direction) =>
        (await AccessAsync(node, destination, direction)).LastOrDefault();

    /// <summary>The JSON access lines of a node's proxy about a destination workload.</summary>
    public async Task<IEnumerable<JsonNode>> AccessAsync(string node, string destination, string direction) =>
        (await ProxyLogAsync(node)).Split('\n')
            .Where(l => l.StartsWith('{') && l.Contains("\"direction\"", StringComparison.Ordinal))
            .Select(l => JsonNode.Parse(l)!)
            .Where(r => (string?)r["dst.workload"] == destination && (string?)r["direction"] == direction);

    /// <summary>A node's live connections as the command line prints them.</summary>
    public async Task<string> LiveConnectionsAsync(string node) =>
        (await NodeMeshAsync("proxy-config", "connection", node, "--mesh", Name, "-o", "json")).Expect();

    /// <summary>The process of the control plane, or of a node's proxy; 0 while it is down.</summary>
    public async Task<int> ProcessIdAsync(string role, string? node)
    {
        // Its exit code says whether all is ready, which is not what is asked here.
        var status = JsonNode.Parse((await LocalAsync("status", "-o", "json")).Output)!;
        var process = node is null ? status["controlPlane"] : status["nodes"]!.AsArray().Single(n => (string)n!["name"]! == node)![role];
        return (int?)process?["pid"] ?? 0;
    }

    /// <summary>The serial numbers of the certificates that a node's proxy holds.</summary>
    public async Task<string[]> SerialNumbersAsync(string node)
    {
        var certificates = JsonNode.Parse((await NodeMeshAsync("proxy-config", "certificate", node, "--mesh", Name, "-o", "json")).Expect())!;
        return [.. certificates.AsArray().Select(c => (string)c!["serialNumber"]!)];
    }

    public async ValueTask DisposeAsync() => (await NodeMeshAsync("local", "down", "--name", Name)).Expect();

    private async Task<CommandResult> WithFileAsync(string command, string yaml)
    {
        var file = Path.Combine(Path.GetTempPath(), $"{Name}-{Guid.NewGuid():N}.yaml");
        await File.WriteAllTextAsync(file, yaml);
        try
        {
            return await LocalAsync(command, "-f", file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
