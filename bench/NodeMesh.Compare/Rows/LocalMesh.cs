using System.Globalization;
using System.Text.Json;
using NodeMesh.Compare.Network;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Rows;

/// <summary>A mesh of <c>nodemesh local</c> with the topology's pods: client and near on the first node, far on the second.</summary>
internal sealed class LocalMesh : IAsyncDisposable
{
    private const string KubernetesNamespace = "bench";
    private const string MetricsPort = "15020";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private readonly string _nodemesh;
    private readonly Dictionary<string, string> _uids = [];

    private LocalMesh(string nodemesh, string name) => (_nodemesh, Name) = (nodemesh, name);

    public string Name { get; }

    public List<Row> Rows { get; } = [];

    public IEnumerable<string> Namespaces =>
        [$"nm-{Name}-net", $"nm-{Name}-node-1", $"nm-{Name}-node-2", .. _uids.Keys.Select(PodNamespace)];

    /// <summary>Makes the mesh; what a failure left is removed.</summary>
    /// <param name="nodemesh">The program <c>nodemesh</c>.</param>
    /// <param name="name">The mesh's name.</param>
    /// <param name="directory">Where the run's files are.</param>
    /// <param name="options">Further options of <c>local up</c>.</param>
    /// <param name="rows">The rows to offer, by the server pod that each leads to.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<LocalMesh> StartAsync(
        string nodemesh, string name, string directory, IEnumerable<string> options, IReadOnlyDictionary<string, string> rows, CancellationToken cancellation)
    {
        var mesh = new LocalMesh(nodemesh, name);
        try
        {
            var manifest = Path.Combine(directory, $"{name}.yaml");
            await File.WriteAllTextAsync(manifest, MeshManifest.Write(Path.Combine(directory, "server.conf")), cancellation);
            await Command.RunAsync([nodemesh, "local", "up", "--name", name, "-f", manifest, .. options], Limit, cancellation);
            using var status = await mesh.AskAsync(["local", "status", "-o", "json"], cancellation);
            foreach (var pod in status.RootElement.GetProperty("pods").EnumerateArray())
            {
                mesh._uids[pod.GetProperty("name").GetString()!] = pod.GetProperty("uid").GetString()!;
            }

            foreach (var (row, server) in rows)
            {
                await mesh.AddRowAsync(row, server, cancellation);
            }

            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync() =>
        await Command.RunAsync([_nodemesh, "local", "down", "--name", Name], Limit, CancellationToken.None);

    private async Task AddRowAsync(string name, string server, CancellationToken cancellation)
    {
        using var service = await AskAsync(["local", "get", "service", server, "-n", KubernetesNamespace, "-o", "json"], cancellation);
        var root = service.RootElement;
        var item = root.TryGetProperty("items", out var items) ? items[0] : root;
        var address = item.GetProperty("spec").GetProperty("clusterIP").GetString()!;
        using var status = await AskAsync(["local", "status", "-o", "json"], cancellation);
        var nodes = RowNames.CrossesNodes(name) ? new[] { "node-1", "node-2" } : ["node-1"];
        IReadOnlyList<int>[] proxies = [.. status.RootElement.GetProperty("nodes").EnumerateArray()
            .Where(node => nodes.Contains(node.GetProperty("name").GetString()))
            .Select(node => (IReadOnlyList<int>)[node.GetProperty("proxy").GetProperty("pid").GetInt32()])];
        var row = new Row(name, new Endpoint(address, 8080, 5201), InClient, () => proxies, name == RowNames.NodeMeshKernel ? KernelObstacleAsync : null);
        await Answers.WaitForAsync(row, cancellation);
        Rows.Add(row);
    }

    /// <summary>A row that is called after the kernel must not be one of the proxy: the node proxy's own count of connections decides.</summary>
    private async Task<string?> KernelObstacleAsync(CancellationToken cancellation)
    {
        var metrics = await Command.RunAsync(
            Topology.In($"nm-{Name}-node-1", "curl", "-sSf", "-m", "5", $"http://127.0.0.1:{MetricsPort}/metrics"), TimeSpan.FromSeconds(10), cancellation);
        return KernelForwarding.Obstacle(metrics);
    }

    /// <summary>In the client pod's control group too, as <c>local exec</c> would, but without a command that streams beside it.</summary>
    private IReadOnlyList<string> InClient(IReadOnlyList<string> command)
    {
        var group = Path.Combine(ControlGroups(), "nodemesh", Name, "pods", _uids["client"], "main", "cgroup.procs");
        return ["sh", "-c", $"echo $$ > {group} && exec \"$@\"", "sh", "nsenter", $"--net=/run/netns/{PodNamespace("client")}", .. command];
    }

    private string PodNamespace(string pod) => string.Create(CultureInfo.InvariantCulture, $"nm-{Name}-pod-{_uids[pod].AsSpan(0, 8)}");

    private async Task<JsonDocument> AskAsync(string[] command, CancellationToken cancellation) =>
        JsonDocument.Parse(await Command.RunAsync([_nodemesh, .. command, "--mesh", Name], TimeSpan.FromSeconds(20), cancellation));

    private static string ControlGroups() =>
        File.ReadLines("/proc/mounts").Select(line => line.Split(' ')).Where(fields => fields[2] == "cgroup2").Select(fields => fields[1]).FirstOrDefault()
        ?? throw new CompareException("no cgroup v2 is mounted: the mesh's rows need it");
}
