using System.Globalization;
using System.Text.Json;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>etcd and a real API server without controllers: what would be a controller's or kubelet's work, a test does.</summary>
public sealed class ClusterFixture : IAsyncLifetime
{
    private static int _lastName;
    private TestCluster? _cluster;
    private KubernetesClient? _client;

    public TestCluster Cluster => _cluster!;

    public KubernetesClient Admin => _client!;

    public async ValueTask InitializeAsync()
    {
        // Pods need no token of their account here.
        Environment.SetEnvironmentVariable("KM_APISERVER_EXTRA", "--disable-admission-plugins=ServiceAccount");
        _cluster = await TestCluster.StartAsync("control", "--api");
        _client = new KubernetesClient(_cluster.Admin());
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    public static string Unique(string prefix) => string.Create(CultureInfo.InvariantCulture, $"{prefix}-{Interlocked.Increment(ref _lastName)}");

    /// <summary>A namespace of its own for a test.</summary>
    public async Task<string> NamespaceAsync(bool meshed = true)
    {
        var name = Unique("t");
        await LabelNamespaceAsync(name, meshed ? """{"istio.io/dataplane-mode":"ambient"}""" : "{}");
        return name;
    }

    public Task LabelNamespaceAsync(string name, string labels) =>
        ApplyAsync($$$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{{name}}}}","labels":{{{{labels}}}} }}""");

    /// <summary>Applies an object, its status too; again while the server is just coming back, or does not yet serve what it has just been told of.</summary>
    public async Task<KubernetesObject> ApplyAsync(string json)
    {
        KubernetesObject? applied = null;
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    applied = await TryApplyAsync(KubernetesObject.Parse(json));
                    return true;
                }
                catch (Exception e) when (e is KubernetesConnectionException or KubernetesException { IsNotFound: true } or KubernetesException { StatusCode: System.Net.HttpStatusCode.ServiceUnavailable or System.Net.HttpStatusCode.GatewayTimeout })
                {
                    return false;
                }
            },
            $"this is applied: {json}");
        return applied!;
    }

    private async Task<KubernetesObject> TryApplyAsync(KubernetesObject value)
    {
        var resources = await ResourcesAsync(value);
        var status = value["status"];
        value["status"] = null;
        var applied = await resources.ApplyAsync(value, new WriteOptions { FieldManager = "test", Force = true });
        return status is { } given
            ? await resources.PatchStatusAsync(V1Patch.Merge($$"""{"status":{{given.GetRawText()}}}"""), value.Metadata.Name!)
            : applied;
    }

    public async Task DeleteAsync(string apiVersion, string kind, string? ns, string name, bool now = true)
    {
        var value = new KubernetesObject { ApiVersion = apiVersion, Kind = kind, Metadata = new V1ObjectMeta { Namespace = ns, Name = name } };
        await (await ResourcesAsync(value)).DeleteAsync(name, now ? new V1DeleteOptions { GracePeriodSeconds = 0 } : null);
    }

    /// <summary>Serves a kind whose objects may hold anything; returns once it can be listed.</summary>
    public async Task DefineAsync(string group, string version, string kind, string plural, bool status = true)
    {
        await ApplyAsync($$$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{{plural}}}}.{{{{group}}}}","annotations":{"api-approved.kubernetes.io":"unapproved, for tests"} },
             "spec":{"group":"{{{{group}}}}","scope":"Namespaced","names":{"plural":"{{{{plural}}}}","kind":"{{{{kind}}}}"},
              "versions":[{"name":"{{{{version}}}}","served":true,"storage":true,"subresources":{{{{(status ? """{"status":{}}""" : "{}")}}}},
               "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}]}}
            """);
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await Admin.Resources(new KubernetesKind(group, version, kind, plural, true)).ListAsync();
                    return true;
                }
                catch (KubernetesException)
                {
                    return false;
                }
            },
            $"{plural} are served");
    }

    /// <summary>Serves a kind in several versions, of which the first is stored.</summary>
    /// <param name="conversion">How objects get from one to another, as the definition has it.</param>
    public Task DefineVersionsAsync(string group, string kind, string plural, string conversion, params (string Name, bool Served)[] versions)
    {
        var written = versions.Select((v, i) => $$$$"""
            {"name":"{{{{v.Name}}}}","served":{{{{(v.Served ? "true" : "false")}}}},"storage":{{{{(i == 0 ? "true" : "false")}}}},
             "schema":{"openAPIV3Schema":{"type":"object","x-kubernetes-preserve-unknown-fields":true}}}
            """);
        return ApplyAsync($$$$"""
            {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{{plural}}}}.{{{{group}}}}"},
             "spec":{"group":"{{{{group}}}}","scope":"Namespaced","names":{"plural":"{{{{plural}}}}","kind":"{{{{kind}}}}"},"conversion":{{{{conversion}}}},
              "versions":[{{{{string.Join(',', written)}}}}]}}
            """);
    }

    public static string Pod(string ns, string name, string ip, string spec = "{}", string labels = "{}", bool ready = true)
    {
        var node = JsonDocument.Parse(spec).RootElement.TryGetProperty("nodeName", out var given) ? given.GetString() : "node-1";
        var extra = string.Concat(JsonDocument.Parse(spec).RootElement.EnumerateObject().Where(p => p.Name != "nodeName").Select(p => $",\"{p.Name}\":{p.Value.GetRawText()}"));
        return $$$"""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}","labels":{{{labels}}}},
             "spec":{"nodeName":"{{{node}}}","containers":[{"name":"c","image":"i","ports":[{"name":"web","containerPort":8080}]}]{{{extra}}}},
             "status":{"phase":"Running","podIP":"{{{ip}}}","podIPs":[{"ip":"{{{ip}}}"}],"conditions":[{"type":"Ready","status":"{{{(ready ? "True" : "False")}}}"}]}}
            """;
    }

    private async Task<ResourceClient<KubernetesObject>> ResourcesAsync(KubernetesObject value)
    {
        var slash = value.ApiVersion!.IndexOf('/', StringComparison.Ordinal);
        var (group, version) = slash < 0 ? ("", value.ApiVersion) : (value.ApiVersion[..slash], value.ApiVersion[(slash + 1)..]);
        var found = (await Admin.Discovery.GetServedAsync()).Find(group, value.Kind!, version)?.Kind ?? new KubernetesKind(group, version, value.Kind!, "unknown", true);
        return Admin.Resources(found).InNamespace(value.Metadata.Namespace);
    }
}
