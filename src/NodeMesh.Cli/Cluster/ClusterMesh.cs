using System.Collections.Concurrent;
using System.Text.Json;
using NodeMesh.Cli.Proxy;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Model;

namespace NodeMesh.Cli.Cluster;

/// <summary>The mesh of a cluster, asked through port-forwards to its pods.</summary>
internal sealed class ClusterMesh : IMeshAccess
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly KubernetesClient _client;
    private readonly string _namespace;
    private readonly SortedDictionary<string, string> _proxies = new(NodeNameComparer.Instance);
    private readonly IReadOnlyList<string> _control;
    private readonly ConcurrentDictionary<(string Pod, int Port), HttpClient> _tunnels = [];

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
    public IReadOnlyList<string> Nodes => [.. _proxies.Keys];

    /// <summary>The cluster.</summary>
    public KubernetesClient Client => _client;

    /// <summary>The mesh's namespace.</summary>
    public string Namespace => _namespace;

    /// <summary>The control plane's pods, ready ones first.</summary>
    public IReadOnlyList<string> ControlPods => _control;

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
    public string RequireNode(string node) => _proxies.ContainsKey(node) ? node
        : _proxies.FirstOrDefault(p => p.Value == node).Key
        ?? throw new ProxyQueryException($"no node '{node}' has a proxy; {(_proxies.Count == 0 ? "none has" : $"those that have are {string.Join(", ", _proxies.Keys)}")}");

    /// <summary>The pod of a node's proxy.</summary>
    /// <param name="node">The node.</param>
    public string PodOf(string node) => _proxies[node];

    /// <inheritdoc/>
    public Task<JsonElement> AskProxyAsync(string node, string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Get, _proxies[node], MeshPorts.Admin, path, $"the proxy of {node}", cancellationToken);

    /// <inheritdoc/>
    public Task<JsonElement> TellProxyAsync(string node, string path, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, _proxies[node], MeshPorts.Admin, path, $"the proxy of {node}", cancellationToken);

    /// <summary>Asks every replica of the control plane, since each proxy is connected to one of them, and puts their lists of proxies together.</summary>
    /// <inheritdoc/>
    public async Task<JsonElement> AskControlAsync(string path, CancellationToken cancellationToken)
    {
        if (_control.Count == 0)
        {
            throw new ProxyQueryException($"the control plane has no pod in namespace {_namespace}: kubectl -n {_namespace} get deployment nodemesh-control");
        }

        var answers = await Task.WhenAll(_control.Select(async (pod, i) =>
        {
            try
            {
                return await SendAsync(HttpMethod.Get, pod, MeshPorts.ControlMetrics, path, $"the control plane's pod {pod}", cancellationToken);
            }
            catch (ProxyQueryException) when (i > 0)
            {
                // A replica that does not answer serves no proxy; the ready ones come first.
                return default;
            }
        }));
        var proxies = answers.SelectMany(a => a.Items("proxies")).Select(p => p.GetRawText());
        return JsonSerializer.SerializeToElement(answers[0].EnumerateObject().ToDictionary(
            p => p.Name, p => p.Name == "proxies" ? JsonDocument.Parse($"[{string.Join(',', proxies)}]").RootElement : p.Value, StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var tunnel in _tunnels.Values)
        {
            tunnel.Dispose();
        }

        _client.Dispose();
    }

    private static IEnumerable<V1Pod> Alive(IEnumerable<V1Pod> pods, string app) =>
        pods.Where(p => p.Metadata.Labels?.GetValueOrDefault("app") == app && p.Metadata.DeletionTimestamp is null && p.Status?.Phase is not ("Succeeded" or "Failed"));

    private static bool IsReady(V1Pod pod) => pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true;

    private async Task<JsonElement> SendAsync(HttpMethod method, string pod, int port, string path, string who, CancellationToken cancellationToken)
    {
        var tunnel = _tunnels.GetOrAdd((pod, port), key => PodTunnel.Http(_client, _namespace, key.Pod, key.Port));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await MeshAnswer.SendAsync(tunnel, method, new Uri($"http://localhost:{port}{path}"), who, limit.Token);
        }
        catch (Exception e) when (e is KubernetesException or KubernetesConnectionException or HttpRequestException or IOException)
        {
            throw new ProxyQueryException($"{who} cannot be asked: {(e as HttpRequestException)?.InnerException?.Message ?? e.Message}; see kubectl -n {_namespace} logs {pod}", e);
        }
        catch (JsonException e)
        {
            throw new ProxyQueryException($"{who} answered {path} with something that is not JSON: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ProxyQueryException($"{who} did not answer within {Limit.TotalSeconds:0} s; see kubectl -n {_namespace} get pod {pod}", e);
        }
    }
}
