using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Cli.Tests.Check;

/// <summary>An API server that has what a test puts there, and refuses what a test forbids.</summary>
internal sealed class FakeCluster
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 0, 0, TimeSpan.Zero);

    private readonly Dictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonArray> _lists = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forbidden = new(StringComparer.Ordinal);

    public FakeCluster()
    {
        Object("/api", new JsonObject { ["versions"] = new JsonArray() });
        Object("/apis", new JsonObject { ["groups"] = new JsonArray() });
        List("/api/v1/nodes");
        List("/apis/apps/v1/daemonsets");
        List("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases");
    }

    /// <summary>A node that is ready, with a lease that its kubelet has renewed by its own clock.</summary>
    public FakeCluster Node(string name, TimeSpan clock = default, bool network = true)
    {
        List("/api/v1/nodes").Add(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["status"] = new JsonObject
            {
                ["conditions"] = new JsonArray(
                    new JsonObject { ["type"] = "Ready", ["status"] = "True" },
                    new JsonObject { ["type"] = "NetworkUnavailable", ["status"] = network ? "False" : "True" }),
                ["nodeInfo"] = new JsonObject { ["operatingSystem"] = "linux", ["architecture"] = "amd64", ["kernelVersion"] = "6.1.0-13-amd64", ["containerRuntimeVersion"] = "containerd://1.7" },
            },
        });
        List("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases").Add(new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = name },
            ["spec"] = new JsonObject { ["renewTime"] = (Now + clock).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture) },
        });
        return this;
    }

    public FakeCluster DaemonSet(string ns, string name, int ready = 1) => Add("/apis/apps/v1/daemonsets", new JsonObject
    {
        ["metadata"] = new JsonObject { ["namespace"] = ns, ["name"] = name, ["generation"] = 1 },
        ["status"] = new JsonObject { ["observedGeneration"] = 1, ["desiredNumberScheduled"] = 1, ["updatedNumberScheduled"] = 1, ["numberAvailable"] = ready },
    });

    public FakeCluster ConfigMap(string ns, string name, params ReadOnlySpan<(string Key, string Value)> data)
    {
        var values = new JsonObject();
        foreach (var (key, value) in data)
        {
            values[key] = value;
        }

        _objects[$"/api/v1/namespaces/{ns}/configmaps/{name}"] = new JsonObject { ["metadata"] = new JsonObject { ["namespace"] = ns, ["name"] = name }, ["data"] = values };
        return this;
    }

    public FakeCluster Secret(string ns, string name, IReadOnlyDictionary<string, string> files)
    {
        var data = new JsonObject(files.Select(f => KeyValuePair.Create<string, JsonNode?>(f.Key, Convert.ToBase64String(Encoding.UTF8.GetBytes(f.Value)))));
        _objects[$"/api/v1/namespaces/{ns}/secrets/{name}"] = new JsonObject { ["metadata"] = new JsonObject { ["namespace"] = ns, ["name"] = name }, ["data"] = data };
        return this;
    }

    public FakeCluster Object(string path, JsonObject value)
    {
        _objects[path] = value;
        return this;
    }

    public FakeCluster Add(string list, JsonObject value)
    {
        List(list).Add(value);
        return this;
    }

    public FakeCluster Forbid(string path)
    {
        _forbidden.Add(path);
        return this;
    }

    /// <summary>Looks at it with a client.</summary>
    public async Task<T> AskAsync<T>(Func<KubernetesClient, Task<T>> look)
    {
        await using var server = await FakeServer.StartAsync((http, _) => AnswerAsync(http));
        using var client = new KubernetesClient(server.Configuration);
        return await look(client);
    }

    private JsonArray List(string path) => _lists.TryGetValue(path, out var list) ? list : _lists[path] = [];

    private Task AnswerAsync(HttpContext http)
    {
        var path = http.Request.Path.Value!;
        var (status, body) = _forbidden.Contains(path) ? (403, new JsonObject { ["kind"] = "Status", ["reason"] = "Forbidden", ["code"] = 403, ["message"] = $"{path} is forbidden" })
            : path == "/version" ? (200, new JsonObject { ["major"] = "1", ["minor"] = "33", ["gitVersion"] = "v1.33.1" })
            : path.EndsWith("/selfsubjectaccessreviews", StringComparison.Ordinal) ? (201, new JsonObject { ["status"] = new JsonObject { ["allowed"] = true } })
            : _lists.TryGetValue(path, out var items) ? (200, new JsonObject { ["kind"] = "List", ["metadata"] = new JsonObject { ["resourceVersion"] = "1" }, ["items"] = items.DeepClone() })
            : _objects.TryGetValue(path, out var found) ? (200, (JsonObject)found.DeepClone())
            : (404, new JsonObject { ["kind"] = "Status", ["reason"] = "NotFound", ["code"] = 404, ["message"] = $"{path} not found" });
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(body.ToJsonString());
    }
}
