using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Tests.Translation;

/// <summary>A mesh translated from manifests, and connections tried in it.</summary>
internal sealed class TestMesh
{
    /// <summary>A meshed namespace shop with a pod web (10.0.0.1), and a meshed namespace other with a pod far (10.0.0.2).</summary>
    public const string Shop = """
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {istio.io/dataplane-mode: ambient}}
        ---
        apiVersion: v1
        kind: Namespace
        metadata: {name: other, labels: {nodemesh.io/mesh: enabled}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: web, namespace: shop, labels: {app: web}}
        spec: {serviceAccountName: web, nodeName: n1, containers: [{name: c, ports: [{name: http, containerPort: 8080}, {containerPort: 9090}]}]}
        status: {podIPs: [{ip: 10.0.0.1}], conditions: [{type: Ready, status: "True"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: far, namespace: other, labels: {app: web}}
        spec: {containers: [{name: c}]}
        status: {podIPs: [{ip: 10.0.0.2}], conditions: [{type: Ready, status: "True"}]}
        ---

        """;

    public TestMesh(string manifests, MeshSettings? settings = null, ManifestDocument? more = null)
    {
        var set = ManifestReader.ReadText(manifests, "in.yaml");
        Assert.True(!set.HasErrors, string.Join('\n', set.Errors));
        Result = MeshTranslator.Translate(settings ?? new MeshSettings(), more is null ? set.Documents : [.. set.Documents, more]);
        Model = MeshModel.Empty.Apply(new ModelChange
        {
            Workloads = [.. Result.Mesh.Workloads.Values],
            Policies = [.. Result.Mesh.Policies.Values],
        });
    }

    public MeshTranslation Result { get; }

    public MeshModel Model { get; }

    public Workload Workload(string pod = "shop/web") => Result.Mesh.Workloads[$"Kubernetes//Pod/{pod}"];

    public IEnumerable<string> Codes => Result.Findings.Select(f => f.Code);

    /// <summary>Tries a connection.</summary>
    /// <param name="peer">The identity as <c>namespace/account</c> of cluster.local, or a whole principal; null for plaintext.</param>
    /// <param name="pod">The destination.</param>
    /// <param name="port">Its port.</param>
    /// <param name="source">The client's address.</param>
    public bool Allows(string? peer, string pod = "shop/web", int port = 8080, string source = "10.9.9.9")
    {
        var workload = Workload(pod);
        var principal = peer is null ? null : peer.Contains("/ns/", StringComparison.Ordinal) ? peer : $"cluster.local/ns/{peer.Replace("/", "/sa/", StringComparison.Ordinal)}";
        var facts = new ConnectionFacts(principal is null ? null : SpiffeId.Parse($"spiffe://{principal}"), IPAddress.Parse(source), workload.Addresses[0], port);
        return Authorizer.Authorize(Model, workload, facts).IsAllowed;
    }

    public static string Policy(string spec, string name = "p", string ns = "shop", string annotations = "{}") => $"""
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {"{"}name: {name}, namespace: {ns}, annotations: {annotations}{"}"}
        spec: {spec}
        ---

        """;

    public static string Peers(string spec, string name = "default", string ns = "shop", string created = "2026-01-01T00:00:00Z") => $"""
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {"{"}name: {name}, namespace: {ns}, creationTimestamp: "{created}"{"}"}
        spec: {spec}
        ---

        """;
}
