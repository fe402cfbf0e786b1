using NodeMesh.Charts;
using NodeMesh.Charts.Values;
using NodeMesh.Cli.Install;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Testing;

namespace NodeMesh.Cli.Tests.Install;

/// <summary>What <c>nodemesh install</c> made goes with <c>nodemesh uninstall</c>, on a real API server. What would be a controller's work, the test does.</summary>
public sealed class UninstallTests : IAsyncLifetime
{
    private const string Mesh = "nodemesh-system";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);
    private static readonly KubernetesKind Targets = new("access.smi-spec.io", "v1alpha3", "TrafficTarget", "traffictargets", true);

    /// <summary>All kinds of which an installation has objects that are not the namespace's own.</summary>
    private static readonly KubernetesKind[] Kinds =
    [
        new("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false),
        new("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false),
        new("rbac.authorization.k8s.io", "v1", "Role", "roles", true),
        new("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings", true),
        new("admissionregistration.k8s.io", "v1", "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", false),
        new("apps", "v1", "Deployment", "deployments", true),
        new("apps", "v1", "DaemonSet", "daemonsets", true),
        new("apps", "v1", "ReplicaSet", "replicasets", true),
        new("policy", "v1beta1", "PodDisruptionBudget", "poddisruptionbudgets", true),
        new("", "v1", "ResourceQuota", "resourcequotas", true),
        new("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", true),
        new("", "v1", "Service", "services", true),
        new("", "v1", "ServiceAccount", "serviceaccounts", true),
        new("", "v1", "Pod", "pods", true),
        new("", "v1", "ConfigMap", "configmaps", true),
        new("coordination.k8s.io", "v1", "Lease", "leases", true),
    ];

    private readonly CancellationTokenSource _limit = new(Limit);
    private readonly StringWriter _said = new();
    private TestCluster? _cluster;
    private KubernetesClient? _client;

    private KubernetesClient Client => _client!;

    private CancellationToken Ct => _limit.Token;

    public async ValueTask InitializeAsync()
    {
        // Pods need no token of their account here.
        Environment.SetEnvironmentVariable("KM_APISERVER_EXTRA", "--disable-admission-plugins=ServiceAccount");
        _cluster = await TestCluster.StartAsync("uninstall", "--api");
        _client = new KubernetesClient(_cluster.Admin());
    }

    public async ValueTask DisposeAsync()
    {
        TestContext.Current.TestOutputHelper?.WriteLine(_said.ToString());
        _client?.Dispose();
        _limit.Dispose();
        await _said.DisposeAsync();
        if (_cluster is not null)
        {
            await _cluster.DisposeAsync();
        }
    }

    [Fact]
    public async Task Uninstall_KeepsPoliciesAndKeys_AndPurgeLeavesWhatIsOfOthersAlone()
    {
        var definitions = Client.Resources((KubernetesKind)KubernetesKinds.CustomResourceDefinitions);
        await definitions.CreateAsync(Definition("gadgets.example.com", "Gadget"), null, Ct);
        await InstallAsync();
        await Client.Resources(Targets).InNamespace("default").CreateAsync(KubernetesObject.Parse("""
            {"apiVersion":"access.smi-spec.io/v1alpha3","kind":"TrafficTarget","metadata":{"name":"t"},
             "spec":{"destination":{"kind":"ServiceAccount","name":"db"},"sources":[{"kind":"ServiceAccount","name":"web"}]}}
            """), null, Ct);

        await Removal().RunAsync(purge: false, Limit, Ct);

        Assert.Empty(await LeftAsync());
        Assert.NotNull(await Client.Resources(Targets).InNamespace("default").FindAsync("t", Ct));
        Assert.NotNull(await Client.Resources(KubernetesKinds.Secrets).InNamespace(Mesh).FindAsync("nodemesh-ca", Ct));

        await InstallAsync();
        var removal = Removal().RunAsync(purge: true, Limit, Ct);
        await EndNamespaceAsync();
        await removal;

        Assert.Empty(await LeftAsync());
        Assert.Null(await Client.Resources(KubernetesKinds.Namespaces).FindAsync(Mesh, Ct));
        Assert.NotNull(await Client.Resources(KubernetesKinds.Namespaces).FindAsync("default", Ct));
        Assert.Equal(["gadgets.example.com"], (await definitions.ListAllAsync(null, Ct)).Items.Select(d => d.Metadata.Name));
    }

    /// <summary>Installs, and makes what the control plane would make: no node is there on which it could run.</summary>
    private async Task InstallAsync()
    {
        var chart = new Chart(ChartFiles.Own);
        var values = chart.Values("strict", [ValuesLayer.Set("namespace.criticalPods=true")]);
        var request = new InstallRequest(chart, values, Mesh) { Wait = false, Record = ReleaseRecord.Of("strict", []) };
        await new Installation(Client, request, new InstallProgress(_said, TimeProvider.System), TimeProvider.System).RunAsync(Ct);
        foreach (var ns in (string[])["default", Mesh])
        {
            var map = new V1ConfigMap { Metadata = new V1ObjectMeta { Name = "nodemesh-ca-root-cert", Labels = new() { ["app.kubernetes.io/managed-by"] = "nodemesh-control" } }, Data = new() { ["root-cert.pem"] = "roots" } };
            await Client.Resources(KubernetesKinds.ConfigMaps).InNamespace(ns).ApplyAsync(map, new WriteOptions { FieldManager = "nodemesh-control", Force = true }, Ct);
        }

        var secret = new V1Secret { Metadata = new V1ObjectMeta { Name = "nodemesh-ca" }, StringData = new() { ["root.pem"] = "keys" } };
        await Client.Resources(KubernetesKinds.Secrets).InNamespace(Mesh).ApplyAsync(secret, new WriteOptions { FieldManager = "nodemesh-control", Force = true }, Ct);
        await Client.Resources(KubernetesKinds.Leases).InNamespace(Mesh).ApplyAsync(new V1Lease { Metadata = new V1ObjectMeta { Name = "nodemesh-control" } }, new WriteOptions { FieldManager = "nodemesh-control", Force = true }, Ct);
        await Client.Resources((KubernetesKind)KubernetesKinds.Pods).InNamespace(Mesh).CreateAsync(KubernetesObject.Parse("""
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"nodemesh-control-1","labels":{"app":"nodemesh-control"}},"spec":{"containers":[{"name":"c","image":"i"}]}}
            """), null, Ct);
        Assert.NotEmpty(await LeftAsync());
    }

    /// <summary>What the namespace controller does once nothing is left in a namespace that is being deleted.</summary>
    private async Task EndNamespaceAsync()
    {
        await Eventually.TrueAsync(async () => (await Client.Resources(KubernetesKinds.Namespaces).ReadAsync(Mesh, Ct)).Metadata.DeletionTimestamp is not null, "the namespace is to go");
        await TestCommand.RequireAsync("curl", [
            "-sS", "--fail-with-body", "--max-time", "60", "--cacert", $"{_cluster!.Pki}/ca.crt", "--cert", $"{_cluster.Pki}/admin.crt", "--key", $"{_cluster.Pki}/admin.key",
            "-X", "PUT", "-H", "Content-Type: application/json", "-d", $$$"""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"{{{Mesh}}}"},"spec":{"finalizers":[]}}""",
            $"{Client.Configuration.Host}api/v1/namespaces/{Mesh}/finalize"]);
    }

    private Removal Removal() => new(Client, Mesh, new InstallProgress(_said, TimeProvider.System), TimeProvider.System);

    private async Task<IReadOnlyList<string>> LeftAsync()
    {
        var left = new List<string>();
        foreach (var kind in Kinds)
        {
            left.AddRange((await Client.Resources(kind).ListAllAsync(null, Ct)).Items
                .Where(i => i.Metadata.Name!.StartsWith("nodemesh-", StringComparison.Ordinal) || i.Metadata.Labels?.GetValueOrDefault("app.kubernetes.io/part-of") == "nodemesh")
                .Select(i => $"{kind.Kind} {i.Metadata.Namespace}/{i.Metadata.Name}"));
        }

        return left;
    }

    private static KubernetesObject Definition(string name, string kind) => KubernetesObject.Parse($$$$"""
        {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"{{{{name}}}}"},
         "spec":{"group":"{{{{name[(name.IndexOf('.', StringComparison.Ordinal) + 1)..]}}}}","scope":"Namespaced","names":{"plural":"{{{{name.Split('.')[0]}}}}","kind":"{{{{kind}}}}"},
          "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object"} }}]}}
        """);
}
