using System.Text.Json.Nodes;

namespace NodeMesh.EndToEnd;

/// <summary>A mesh of <c>nodemesh local</c>, driven by its command line alone.</summary>
internal sealed class LocalMesh : TestMesh
{
    private LocalMesh(string name)
        : base(name)
    {
    }

    /// <summary>What the end-to-end suite captures with; the suite runs once per mode.</summary>
    public static string Capture => Environment.GetEnvironmentVariable("NODEMESH_E2E_CAPTURE") ?? "auto";

    public override string OutsideNamespace => $"/run/netns/nm-{Name}-net";

    public override string OutsideDevice => "br0";

    private string StateDirectory => $"/run/nodemesh/{Name}";

    /// <summary>Makes a mesh with further options.</summary>
    public static async Task<TestMesh> StartAsync(string name, string[] options, string[] files)
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

    public override string NodeName(string node) => node;

    public override string NodeNamespace(string node) => $"/run/netns/nm-{Name}-{node}";

    public override string NodeAddress(string node) => node == "node-1" ? "172.18.1.1" : "172.18.1.2";

    public override Task<CommandResult> ExecAsync(string pod, params string[] command)
    {
        var parts = pod.Split('/');
        return NodeMeshAsync(["local", "exec", "--name", Name, "-n", parts[0], parts[1], "--", .. command]);
    }

    public override async Task ApplyAsync(string yaml) => (await WithFileAsync(yaml, file => LocalAsync("apply", "-f", file))).Expect();

    public override Task DeleteAsync(string yaml) => WithFileAsync(yaml, file => LocalAsync("delete", "-f", file));

    public override async Task<JsonNode> GetAsync(string kind, string ns, string name) =>
        JsonNode.Parse((await LocalAsync("get", kind, name, "-n", ns, "-o", "json")).Expect())!;

    public override async Task<string> LogAsync(string pod)
    {
        var parts = pod.Split('/');
        return (await LocalAsync("logs", parts[1], "-n", parts[0])).Expect();
    }

    public override Task<string> ProxyLogAsync(string node) => File.ReadAllTextAsync(Path.Combine(StateDirectory, "logs", $"{node}-proxy.log"));

    public override Task<CommandResult> QueryAsync(params string[] arguments) => NodeMeshAsync([.. arguments, "--mesh", Name]);

    public override async Task<int> ProcessIdAsync(string role, string? node)
    {
        // Its exit code says whether all is ready, which is not what is asked here.
        var status = JsonNode.Parse((await LocalAsync("status", "-o", "json")).Output)!;
        var process = node is null ? status["controlPlane"] : status["nodes"]!.AsArray().Single(n => (string)n!["name"]! == node)![role];
        return (int?)process?["pid"] ?? 0;
    }

    public override Task<(string Certificate, string Key)> AuthorityAsync() =>
        Task.FromResult((Path.Combine(StateDirectory, "ca", "root-cert.pem"), Path.Combine(StateDirectory, "ca", "root-key.pem")));

    public override async ValueTask DisposeAsync() => (await NodeMeshAsync("local", "down", "--name", Name)).Expect();

    private static Task<CommandResult> NodeMeshAsync(params string[] arguments) => Command.RunAsync(Command.Bin("nodemesh"), arguments);

    private Task<CommandResult> LocalAsync(string command, params string[] arguments) => NodeMeshAsync(["local", command, "--name", Name, .. arguments]);
}
