using NodeMesh.Control.Compilation;
using NodeMesh.Control.Sources.Cluster;
using NodeMesh.Control.Status;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Control.Tests.Status;

/// <summary>Of each kind that the control plane reads for the mesh, people are told what became of an object of it.</summary>
public sealed class StatusOfEveryKindTests
{
    private const string Mesh = "spec: {parentRefs: [{group: '', kind: Service, name: web}], rules: [{backendRefs: [{name: web, port: 80}]}]}";

    /// <summary>A sound object of each kind.</summary>
    private static readonly Dictionary<string, string> Sound = new(StringComparer.Ordinal)
    {
        ["AuthorizationPolicy.security.istio.io"] = "spec: {rules: [{from: [{source: {namespaces: [shop]}}]}]}",
        ["PeerAuthentication.security.istio.io"] = "spec: {mtls: {mode: STRICT}}",
        ["RequestAuthentication.security.istio.io"] = "spec: {jwtRules: [{issuer: a, jwksUri: 'https://a/keys'}]}",
        ["VirtualService.networking.istio.io"] = "spec: {hosts: [web], http: [{route: [{destination: {host: web}}]}]}",
        ["DestinationRule.networking.istio.io"] = "spec: {host: web, trafficPolicy: {loadBalancer: {simple: ROUND_ROBIN}}}",
        ["ServiceEntry.networking.istio.io"] = "spec: {hosts: [db.example], ports: [{number: 5432, name: tcp, protocol: TCP}], resolution: STATIC, endpoints: [{address: 192.0.2.1}]}",
        ["WorkloadEntry.networking.istio.io"] = "spec: {address: 192.0.2.2}",
        ["WorkloadGroup.networking.istio.io"] = "spec: {template: {serviceAccount: a}}",
        ["Sidecar.networking.istio.io"] = "spec: {outboundTrafficPolicy: {mode: REGISTRY_ONLY}}",
        ["Gateway.networking.istio.io"] = "spec: {selector: {app: gw}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['*']}]}",
        ["EnvoyFilter.networking.istio.io"] = "spec: {configPatches: [{applyTo: CLUSTER, match: {context: ANY}, patch: {operation: MERGE, value: {name: x}}}]}",
        ["ProxyConfig.networking.istio.io"] = "spec: {concurrency: 1}",
        ["WasmPlugin.extensions.istio.io"] = "spec: {url: 'oci://example/plugin:1'}",
        ["Telemetry.telemetry.istio.io"] = "spec: {tracing: [{randomSamplingPercentage: 10}]}",
        ["HTTPRoute.gateway.networking.k8s.io"] = Mesh,
        ["GRPCRoute.gateway.networking.k8s.io"] = Mesh,
        ["TLSRoute.gateway.networking.k8s.io"] = Mesh.Replace("spec: {", "spec: {hostnames: [web.example], ", StringComparison.Ordinal),
        ["TCPRoute.gateway.networking.k8s.io"] = Mesh,
        ["UDPRoute.gateway.networking.k8s.io"] = Mesh,
        ["ReferenceGrant.gateway.networking.k8s.io"] = "spec: {from: [{group: gateway.networking.k8s.io, kind: HTTPRoute, namespace: shop}], to: [{group: '', kind: Service}]}",
        ["TrafficSplit.split.smi-spec.io"] = "spec: {service: web, backends: [{service: web, weight: 1}]}",
        ["HTTPRouteGroup.specs.smi-spec.io"] = "spec: {matches: [{name: all, pathRegex: '.*', methods: ['*']}]}",
        ["TCPRoute.specs.smi-spec.io"] = "spec: {matches: {ports: [80]}}",
        ["TrafficTarget.access.smi-spec.io"] = "spec: {destination: {kind: ServiceAccount, name: db}, sources: [{kind: ServiceAccount, name: web}]}",
        ["RateLimitPolicy.nodemesh.io"] = "spec: {targetRefs: [{kind: Service, name: web}], rules: [{name: all, limit: {requests: 10, per: 1s}}]}",
        ["ResiliencePolicy.nodemesh.io"] = "spec: {targetRefs: [{kind: Service, name: web}], panicThreshold: 50}",
    };

    /// <summary>Kinds of which somebody is told.</summary>
    public static TheoryData<string> Kinds { get; } = [.. Told().Select(k => $"{k.Kind}.{k.Group}")];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void SoundObject_IsAccepted_OrNotServedAndSaysSo(string name)
    {
        var kind = Told().Single(k => $"{k.Kind}.{k.Group}" == name);

        var status = Compile(kind, Sound[name]);

        if (StatusBuilder.IsRoute(kind))
        {
            var parent = Assert.Single(status.Parents!.Value);
            var accepted = Assert.Single(parent.Conditions, c => c.Type == "Accepted");
            Assert.Equal(kind.Support == KindSupport.Served, accepted.Status);
            Assert.Equal(kind.Support == KindSupport.Served ? "Accepted" : "UnsupportedValue", accepted.Reason);
        }
        else
        {
            var accepted = Assert.Single(status.Conditions, c => c.Type == "Accepted");
            Assert.True(kind.Support == KindSupport.Served == accepted.Status, $"{accepted} {string.Join("; ", status.Messages)}");
            Assert.Equal(kind.Support == KindSupport.Served ? "Accepted" : "NotServed", accepted.Reason);
        }

        Assert.Equal(4, status.ObservedGeneration);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void BrokenObject_IsRefusedWithTheField(string name)
    {
        var kind = Told().Single(k => $"{k.Kind}.{k.Group}" == name);

        var status = Compile(kind, "spec: {nobodyKnows: 1}");

        var accepted = Assert.Single(status.Conditions, c => c.Type == "Accepted");
        Assert.False(accepted.Status);
        Assert.Contains(status.Messages, m => m.Field.Length > 0);
    }

    private static IEnumerable<ResourceKind> Told() => ClusterKinds.All.Where(k => k.IsTold && k.IsMeshKind).Select(k => k.Kind);

    private static ResourceStatus Compile(ResourceKind kind, string spec)
    {
        var set = ManifestReader.ReadText(
            $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec: {clusterIP: 10.0.0.1, selector: {app: web}, ports: [{port: 80}]}
            ---
            apiVersion: {{kind.Group}}/{{kind.Versions[0]}}
            kind: {{kind.Kind}}
            metadata: {name: x, namespace: shop, generation: 4}
            {{spec}}
            """,
            "in.yaml",
            new ManifestOptions { KeepInvalid = true });
        return new MeshCompiler(new MeshSettings()).Compile(set.Documents, set.Findings).Statuses.Single(s => s.Key.Kind == kind.Kind).Value;
    }
}
