using System.Text.Json;
using NodeMesh.Cli.Proxy;
using NodeMesh.Resources.Analysis;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Cli.Describe;

/// <summary>All that <c>describe</c> looks at: the resources, what analysis finds in them, and what each proxy has.</summary>
/// <param name="Resources">The resources.</param>
/// <param name="Findings">What analysis finds.</param>
/// <param name="Proxies">Each node's dump; a proxy that does not answer is left out.</param>
/// <param name="Silent">What is to be said of proxies that do not answer.</param>
internal sealed record MeshPicture(ManifestSet Resources, IReadOnlyList<AnalysisFinding> Findings, IReadOnlyDictionary<string, JsonElement> Proxies, IReadOnlyList<string> Silent)
{
    /// <summary>Takes it.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="ct">Gives up.</param>
    public static async Task<MeshPicture> TakeAsync(IMeshAccess mesh, CancellationToken ct)
    {
        var silent = new List<string>();
        var dumps = await Task.WhenAll(mesh.Nodes.Select(async node =>
        {
            try
            {
                return (node, dump: (JsonElement?)await mesh.AskProxyAsync(node, "/config_dump", ct));
            }
            catch (ProxyQueryException e)
            {
                lock (silent)
                {
                    silent.Add(e.Message);
                }

                return (node, dump: null);
            }
        }));
        var resources = await mesh.ReadResourcesAsync(ct);
        return new MeshPicture(
            resources, MeshAnalysis.Run(new AnalysisInput(resources), []), dumps.Where(d => d.dump is not null).ToDictionary(d => d.node, d => d.dump!.Value, StringComparer.Ordinal), silent);
    }

    /// <summary>A dump that is asked for what all proxies know.</summary>
    public JsonElement AnyDump => Proxies.Values.FirstOrDefault();

    /// <summary>The resources of some kinds and a name.</summary>
    /// <param name="kinds">The kinds.</param>
    /// <param name="ns">The namespace.</param>
    /// <param name="name">The name.</param>
    public IReadOnlyList<ManifestDocument> Find(IReadOnlyCollection<string> kinds, string ns, string name) =>
        [.. Resources.Documents.Where(d => kinds.Contains(d.Kind.Kind) && d.Name == name && d.Namespace == ns)];

    /// <summary>Analysis' lines about a resource, without Kubernetes' own defaults that have no effect.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    public IReadOnlyList<string> WarningsOf(string kind, string ns, string name) =>
    [
        .. Findings.Where(f => f.Resource is { } r && r.Kind == kind && r.Namespace == ns && r.Name == name && f.Level >= FindingLevel.Warning)
            .Select(f => $"{f.Level} [{f.Code}] {(f.Field.Length == 0 ? "" : f.Field + ": ")}{f.Message}{(f.Remedy.Length == 0 ? "" : "; " + f.Remedy)}"),
    ];

    /// <summary>The nodes whose proxy has something.</summary>
    /// <param name="has">Asks a dump.</param>
    public IReadOnlyList<string> NodesWith(Func<JsonElement, bool> has) => [.. Proxies.Where(p => has(p.Value)).Select(p => p.Key).Order(NodeNameComparer.Instance)];

    /// <summary>The resources that a part of a dump was made from.</summary>
    /// <param name="json">The part.</param>
    public static IEnumerable<string> Origins(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.Object)
        {
            if (json.Text("kind") is { Length: > 0 } kind && json.Text("name") is { Length: > 0 } name && json.TryGetProperty("namespace", out _))
            {
                yield return $"{kind} {json.Text("namespace")}/{name}";
            }

            foreach (var origin in json.EnumerateObject().SelectMany(p => Origins(p.Value)))
            {
                yield return origin;
            }
        }
        else if (json.ValueKind == JsonValueKind.Array)
        {
            foreach (var origin in json.EnumerateArray().SelectMany(Origins))
            {
                yield return origin;
            }
        }
    }
}
