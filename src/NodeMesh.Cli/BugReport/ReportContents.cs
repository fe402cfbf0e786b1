using System.Text;
using System.Text.Json;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Pods;
using NodeMesh.Resources.Analysis;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.BugReport;

/// <summary>What is collected of a mesh.</summary>
/// <param name="mesh">The mesh.</param>
/// <param name="logLines">How many lines of each log.</param>
internal sealed class ReportContents(IMeshAccess mesh, int logLines)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private ManifestSet? _resources;

    /// <summary>All entries; nothing is read before an entry is.</summary>
    /// <param name="ct">Gives up.</param>
    public async Task<IReadOnlyList<ReportEntry>> ListAsync(CancellationToken ct)
    {
        List<ReportEntry> entries =
        [
            new("versions.json", "versions of this program, the control plane and every proxy", VersionsAsync),
            new("analysis.txt", "what analyze finds", AnalyzeAsync),
            new("resources.yaml", "the resources that the mesh is made of (no Secret, no ConfigMap)", ResourcesAsync),
            .. mesh.ControlPlanes.SelectMany(c => Part(MeshPort.Control, $"control/{c}", c, ("proxies.json", "/debug/proxies"), ("logging.json", "/logging"), ("metrics.txt", "/metrics"))),
            .. mesh.Nodes.SelectMany(n => Part(MeshPort.Admin, $"proxies/{n}", n, ("config_dump.json", "/config_dump"), ("logging.json", "/logging"))),
            .. mesh.Nodes.SelectMany(n => Part(MeshPort.Metrics, $"proxies/{n}", n, ("metrics.txt", "/metrics"))),
        ];
        if (mesh is ClusterMesh cluster)
        {
            entries.AddRange(await ClusterAsync(cluster, ct));
        }
        else if (mesh is MeshHttpClient local)
        {
            entries.AddRange(Directory.EnumerateFiles(local.Layout.Logs).Order(StringComparer.Ordinal)
                .Select(f => new ReportEntry($"logs/{Path.GetFileName(f)}", "a log", async t => Tail(await File.ReadAllTextAsync(f, t)))));
        }

        return entries;
    }

    private IEnumerable<ReportEntry> Part(MeshPort port, string directory, string name, params (string File, string Path)[] files) =>
        files.Select(f => new ReportEntry($"{directory}/{f.File}", $"{f.Path} of {new MeshPart(port, name).Who}", t => mesh.AskAsync(new MeshPart(port, name), MeshRequest.Get(f.Path), t)));

    private async Task<IEnumerable<ReportEntry>> ClusterAsync(ClusterMesh cluster, CancellationToken ct)
    {
        var client = cluster.Client;
        var pods = await client.Resources(KubernetesKinds.Pods).InNamespace(cluster.Namespace).ListAllAsync(null, ct);
        List<ReportEntry> entries =
        [
            new("cluster/version.json", "the API server's version", async t => JsonSerializer.Serialize(await client.GetVersionAsync(t), Json)),
            .. new (string Path, string File)[]
            {
                ($"/api/v1/namespaces/{cluster.Namespace}/events", "events"), ($"/api/v1/namespaces/{cluster.Namespace}/pods", "pods"),
                ($"/apis/apps/v1/namespaces/{cluster.Namespace}/deployments", "deployments"), ($"/apis/apps/v1/namespaces/{cluster.Namespace}/daemonsets", "daemonsets"), ("/api/v1/nodes", "nodes"),
                ("/api/v1/events?fieldSelector=type%3DWarning", "warnings-of-all-namespaces"),
            }
            .Select(r => new ReportEntry($"cluster/{r.File}.json", r.Path, async t => Encoding.UTF8.GetString(await client.GetRawAsync(r.Path, t)))),
        ];
        foreach (var pod in pods.Items)
        {
            foreach (var container in pod.Spec?.Containers ?? [])
            {
                entries.Add(Log(client, cluster.Namespace, pod, container.Name!, previous: false));
                entries.Add(Log(client, cluster.Namespace, pod, container.Name!, previous: true));
            }
        }

        return entries;
    }

    private ReportEntry Log(KubernetesClient client, string ns, V1Pod pod, string container, bool previous) => new(
        $"logs/{pod.Metadata.Name}/{container}{(previous ? ".previous" : "")}.log",
        $"the log of container {container} of {pod.Metadata.Name}{(previous ? " before its last restart" : "")}",
        async ct =>
        {
            try
            {
                await using var stream = await client.Pods(ns).ReadLogAsync(pod.Metadata.Name!, new PodLogOptions { Container = container, Previous = previous, TailLines = logLines }, ct);
                using var reader = new StreamReader(stream);
                return await reader.ReadToEndAsync(ct);
            }
            catch (KubernetesException) when (previous)
            {
                // It has not been restarted.
                return "";
            }
        });

    private async Task<string> VersionsAsync(CancellationToken ct) =>
        JsonSerializer.Serialize(mesh is ClusterMesh cluster ? await VersionCommand.AskAsync(cluster, ct) : new VersionReport(VersionCommand.Own, null, null), Json);

    private async Task<ManifestSet> ReadAsync(CancellationToken ct) => _resources ??= await mesh.ReadResourcesAsync(ct);

    private async Task<string> AnalyzeAsync(CancellationToken ct) =>
        string.Concat(MeshAnalysis.Run(new AnalysisInput(await ReadAsync(ct)), []).Select(f => $"{f}\n"));

    private async Task<string> ResourcesAsync(CancellationToken ct) =>
        string.Join("---\n", (await ReadAsync(ct)).Documents.Where(d => d.Kind.Kind is not ("Secret" or "ConfigMap")).Select(d => ManifestWriter.ToYaml(d.Root)));

    private string Tail(string text)
    {
        var lines = text.Split('\n');
        return lines.Length <= logLines ? text : string.Join('\n', lines[^logLines..]);
    }
}
