using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Cluster;

/// <summary>The mesh of a cluster, asked through port-forwards to its pods.</summary>
internal sealed class ClusterMesh : MeshAccess
{
    private readonly KubernetesClient _client;
    private readonly string _namespace;
    private readonly SortedDictionary<string, string> _proxies = new(NodeNameComparer.Instance);
    private readonly IReadOnlyList<string> _control;

    private ClusterMesh(KubernetesClient client, string ns, IReadOnlyList<V1Pod> pods)
    {
        _client = client;
        _namespace = ns;
        foreach (var pod in Alive(pods, "nodemesh-proxy").Where(p => p.Spec?.NodeName is { Length: > 0 }))
        {
            _proxies[pod.Spec!.NodeName!] = pod.Metadata.Name!;
        }

        _control = [.. Alive(pods, "nodemesh-control").OrderByDescending(IsReady).Select(p => p.Metadata.Name!)];
    }

    /// <inheritdoc/>
    public override IReadOnlyList<string> Nodes => [.. _proxies.Keys];

    /// <inheritdoc/>
    public override string DefaultNamespace => _client.Configuration.Namespace;

    /// <summary>The cluster.</summary>
    public KubernetesClient Client => _client;

    /// <summary>The mesh's namespace.</summary>
    public string Namespace => _namespace;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ControlPlanes => _control;

    /// <inheritdoc/>
    public override string Title => $"cluster {_client.Configuration.Host} (namespace {_namespace})";

    /// <inheritdoc/>
    protected override TimeSpan Limit => TimeSpan.FromSeconds(15);

    /// <summary>Finds the mesh; the client belongs to it from then on.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="ns">The mesh's namespace.</param>
    /// <param name="ct">Gives up.</param>
    /// <exception cref="ProxyQueryException">There is none.</exception>
    public static async Task<ClusterMesh> FindAsync(KubernetesClient client, string ns, CancellationToken ct)
    {
        var pods = await client.Resources(KubernetesKinds.Pods).InNamespace(ns).ListAllAsync(new ListOptions { LabelSelector = "app in (nodemesh-proxy,nodemesh-control)" }, ct);
        return pods.Items.Count > 0
            ? new ClusterMesh(client, ns, pods.Items)
            : throw new ProxyQueryException($"no mesh is in namespace {ns} of {client.Configuration}: install one with 'nodemesh install', or name the namespace with --mesh-namespace");
    }

    /// <inheritdoc/>
    public override string RequireNode(string node) => _proxies.ContainsKey(node) ? node
        : _proxies.FirstOrDefault(p => p.Value == node).Key
        ?? throw new ProxyQueryException($"no node '{node}' has a proxy; {(_proxies.Count == 0 ? "none has" : $"those that have are {string.Join(", ", _proxies.Keys)}")}");

    /// <summary>The pod of a node's proxy.</summary>
    /// <param name="node">The node.</param>
    public string PodOf(string node) => _proxies[node];

    /// <inheritdoc/>
    public override async Task<ManifestSet> ReadResourcesAsync(CancellationToken cancellationToken) =>
        (await ClusterManifests.ReadAsync(_client, null, cancellationToken)).Under([], new ManifestOptions { KeepInvalid = true });

    /// <inheritdoc/>
    protected override async ValueTask<Stream> ConnectAsync(MeshPart part, CancellationToken ct) => part.Port switch
    {
        MeshPort.Control => await _client.Pods(_namespace).PortForwardAsync(part.Name, MeshPorts.ControlMetrics, ct),
        MeshPort.Agent => await _client.Pods(_namespace).PortForwardAsync(_proxies[part.Name], MeshPorts.AgentReadiness, ct),
        MeshPort.Metrics => await _client.Pods(_namespace).PortForwardAsync(_proxies[part.Name], MeshPorts.Metrics, ct),
        _ => await _client.Pods(_namespace).PortForwardAsync(_proxies[part.Name], MeshPorts.Admin, ct),
    };

    /// <inheritdoc/>
    protected override string Hint(MeshPart part) => $"see kubectl -n {_namespace} logs {(part.Port == MeshPort.Control ? part.Name : _proxies[part.Name])}";

    /// <inheritdoc/>
    protected override void RequireControl()
    {
        if (_control.Count == 0)
        {
            throw new ProxyQueryException($"the control plane has no pod in namespace {_namespace}: kubectl -n {_namespace} get deployment nodemesh-control");
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        _client.Dispose();
    }

    private static IEnumerable<V1Pod> Alive(IEnumerable<V1Pod> pods, string app) =>
        pods.Where(p => p.Metadata.Labels?.GetValueOrDefault("app") == app && p.Metadata.DeletionTimestamp is null && p.Status?.Phase is not ("Succeeded" or "Failed"));

    private static bool IsReady(V1Pod pod) => pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;
}
