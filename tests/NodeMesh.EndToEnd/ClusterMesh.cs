using System.Text.Json.Nodes;

namespace NodeMesh.EndToEnd;

/// <summary>
/// A mesh that <c>tests/cluster/e2e</c> has installed on a cluster of its own: real pods, changed by kubectl. Commands run in a pod as kubectl's exec would start them, but with this machine's files, which have
/// the tools: in its network and process namespaces, with its control groups and its resolv.conf.
/// </summary>
internal sealed class ClusterMesh : TestMesh
{
    private ClusterMesh(string name)
        : base(name)
    {
    }

    /// <summary>The cluster's name; null where the suite runs without one.</summary>
    public static string? Cluster => Environment.GetEnvironmentVariable("NODEMESH_E2E_CLUSTER");

    public override string OutsideNamespace => $"/run/netns/km-{Name}-cp";

    public override string OutsideDevice => "kmbr";

    private static string State => Environment.GetEnvironmentVariable("KSTATE") ?? "/var/tmp/nodemesh-clusters";

    /// <summary>Where the cluster has its control groups: the machine's own mounts, or its own where those are not of version 1 (lib.sh).</summary>
    private static string ControlGroups => File.Exists("/sys/fs/cgroup/memory/cgroup.procs") ? "/sys/fs/cgroup" : Path.Combine(State, ".cgroup");

    /// <summary>Joins the pod's process $1, and becomes the rest.</summary>
    private static string Enter => $$"""
        pod=$1
        while IFS=: read -r number controllers path; do
            [ "$number" != 0 ] || echo 0 >"{{ControlGroups}}/unified$path/cgroup.procs"
        done <"/proc/$1/cgroup"
        file=$(mktemp) && cat "/proc/$1/root/etc/resolv.conf" >"$file" || exit 125
        shift
        exec nsenter --target "$pod" --net --pid unshare --mount sh -c 'mount --bind "$0" /etc/resolv.conf && rm "$0" && exec "$@"' "$file" "$@"
        """;

    private static string Tag => Environment.GetEnvironmentVariable("NODEMESH_E2E_TAG") ?? "e2e";

    private string StateDirectory => Path.Combine(State, Name);

    /// <summary>Applies the tests' manifests to the cluster, which keeps them for the next test.</summary>
    public static async Task<TestMesh> StartAsync(string name, string[] files)
    {
        var mesh = new ClusterMesh(name);
        foreach (var file in files)
        {
            var yaml = await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Manifests", file));
            await mesh.ApplyAsync(yaml);
            foreach (var ns in Namespaces(yaml))
            {
                (await mesh.KubectlAsync("-n", ns, "wait", "--for=condition=Ready", "pods", "--all", "--timeout=150s")).Expect();
            }
        }

        return mesh;
    }

    public override string NodeName(string node) => node.Replace("node-", "n", StringComparison.Ordinal);

    public override string NodeNamespace(string node) => $"/run/netns/km-{Name}-{NodeName(node)}";

    public override string NodeAddress(string node) => node == "node-1" ? "172.18.0.11" : "172.18.0.12";

    public override async Task<CommandResult> ExecAsync(string pod, params string[] command)
    {
        var process = await ProcessOfAsync(pod);
        return await Command.RunAsync("sh", ["-c", Enter, "sh", $"{process}", .. command]);
    }

    public override async Task ApplyAsync(string yaml) => (await WithFileAsync(ForCluster(yaml), file => KubectlAsync("apply", "-f", file))).Expect();

    public override Task DeleteAsync(string yaml) => WithFileAsync(ForCluster(yaml), file => KubectlAsync("delete", "--ignore-not-found", "-f", file));

    public override async Task<JsonNode> GetAsync(string kind, string ns, string name) =>
        JsonNode.Parse((await KubectlAsync("-n", ns, "get", kind, name, "-o", "json")).Expect())!;

    public override async Task<string> LogAsync(string pod)
    {
        var parts = pod.Split('/');
        return (await KubectlAsync("-n", parts[0], "logs", parts[1])).Expect();
    }

    /// <summary>Read from the node's own files, earlier containers of the proxy first; each line has a time and a stream before it.</summary>
    public override async Task<string> ProxyLogAsync(string node)
    {
        var pods = new DirectoryInfo(Path.Combine(StateDirectory, "nodes", NodeName(node), "log", "pods"));
        var lines = new List<string>();
        foreach (var file in pods.EnumerateDirectories("nodemesh-system_nodemesh-proxy-*").SelectMany(d => d.EnumerateFiles("proxy/*.log*")).OrderBy(f => f.LastWriteTimeUtc))
        {
            await foreach (var line in File.ReadLinesAsync(file.FullName))
            {
                lines.Add(line.Split(' ', 4) is [_, _, _, var text] ? text : line);
            }
        }

        return string.Join('\n', lines);
    }

    public override Task<CommandResult> QueryAsync(params string[] arguments) => ByKubeconfigAsync(Command.Bin("nodemesh"), [.. arguments.Select(NodeName)]);

    public override Task<int> ProcessIdAsync(string role, string? node) =>
        Task.FromResult(NodeProcesses(node is null ? "n*" : NodeName(node)).FirstOrDefault(p => CommandLine(p).StartsWith($"/usr/lib/nodemesh/nodemesh-{role}\0", StringComparison.Ordinal)));

    public override async Task<(string Certificate, string Key)> AuthorityAsync()
    {
        var data = (await GetAsync("secret", "nodemesh-system", "nodemesh-ca"))["data"]!;
        var (certificate, key) = (Path.Combine(Path.GetTempPath(), $"{Name}-root-cert.pem"), Path.Combine(Path.GetTempPath(), $"{Name}-root-key.pem"));
        await File.WriteAllBytesAsync(certificate, Convert.FromBase64String((string)data["root.pem"]!));
        await File.WriteAllBytesAsync(key, Convert.FromBase64String((string)data["root-key.pem"]!));
        return (certificate, key);
    }

    /// <summary>The cluster is its maker's to remove.</summary>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static IEnumerable<string> Namespaces(string yaml) =>
        yaml.Split("---").Where(d => d.Contains("kind: Namespace\n", StringComparison.Ordinal)).Select(d => d.Split("name: ")[1].Split('\n')[0].Trim());

    /// <summary>Names of nodes, and of the images that <c>tests/cluster/e2e</c> has imported.</summary>
    private static string ForCluster(string yaml) => yaml
        .Replace("nodeName: node-", "nodeName: n", StringComparison.Ordinal)
        .Replace("image: nodemesh.io/samples/shop", $"image: nodemesh.local/shop:{Tag}", StringComparison.Ordinal)
        .Replace("image: peer", $"image: nodemesh.local/peer:{Tag}", StringComparison.Ordinal);

    private static string CommandLine(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline");
        }
        catch (IOException)
        {
            // It has ended.
            return "";
        }
    }

    private IEnumerable<int> NodeProcesses(string nodes) =>
        Directory.EnumerateDirectories(Path.Combine(ControlGroups, "memory"), $"km-{Name}-{nodes}")
            .SelectMany(d => Directory.EnumerateFiles(d, "cgroup.procs", SearchOption.AllDirectories))
            .SelectMany(File.ReadAllLines)
            .Select(l => int.Parse(l, System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>A process of a pod's application, found by the control group that bears the pod's UID.</summary>
    private async Task<int> ProcessOfAsync(string pod)
    {
        var parts = pod.Split('/');
        var resource = await GetAsync("pod", parts[0], parts[1]);
        var (uid, node) = ((string)resource["metadata"]!["uid"]!, (string)resource["spec"]!["nodeName"]!);
        return Directory.EnumerateDirectories($"{ControlGroups}/memory/km-{Name}-{node}", $"pod{uid}", SearchOption.AllDirectories)
            .SelectMany(d => Directory.EnumerateFiles(d, "cgroup.procs", SearchOption.AllDirectories))
            .SelectMany(File.ReadAllLines)
            .Select(l => int.Parse(l, System.Globalization.CultureInfo.InvariantCulture))
            .First(p => !CommandLine(p).StartsWith("/pause", StringComparison.Ordinal));
    }

    private Task<CommandResult> KubectlAsync(params string[] arguments) => ByKubeconfigAsync("kubectl", arguments);

    private Task<CommandResult> ByKubeconfigAsync(string program, params string[] arguments) =>
        Command.RunAsync("nsenter", [$"--net={OutsideNamespace}", "env", $"KUBECONFIG={StateDirectory}/pki/admin.kubeconfig", program, .. arguments]);
}
