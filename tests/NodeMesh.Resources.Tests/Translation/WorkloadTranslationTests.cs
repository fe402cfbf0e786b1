using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Translation;

public sealed class WorkloadTranslationTests
{
    [Theory]
    [InlineData("{}", "{}", false)]
    [InlineData("{istio.io/dataplane-mode: ambient}", "{}", true)]
    [InlineData("{nodemesh.io/mesh: enabled}", "{}", true)]
    [InlineData("{}", "{istio.io/dataplane-mode: ambient}", true)]
    [InlineData("{}", "{nodemesh.io/mesh: enabled}", true)]
    [InlineData("{istio.io/dataplane-mode: ambient}", "{istio.io/dataplane-mode: none}", false)]
    [InlineData("{istio.io/dataplane-mode: ambient}", "{nodemesh.io/mesh: disabled}", false)]
    [InlineData("{nodemesh.io/mesh: enabled}", "{istio.io/dataplane-mode: none}", false)]
    [InlineData("{}", "{istio.io/dataplane-mode: none, nodemesh.io/mesh: enabled}", false)]
    [InlineData("{istio.io/dataplane-mode: none}", "{nodemesh.io/mesh: enabled}", true)]
    [InlineData("{istio.io/dataplane-mode: sidecar}", "{}", false)]
    public void Labels_DecideMembership(string ns, string pod, bool meshed)
    {
        var mesh = new TestMesh($"apiVersion: v1\nkind: Namespace\nmetadata: {{name: shop, labels: {ns}}}\n---\n" + Pod(metadata: $"labels: {pod}"));

        Assert.Equal(meshed ? TunnelProtocol.Hbone : TunnelProtocol.None, mesh.Workload().TunnelProtocol);
    }

    [Fact]
    public void Pod_AllFacts_AreTranslated()
    {
        var mesh = new TestMesh("""
            apiVersion: v1
            kind: Node
            metadata: {name: n1, labels: {topology.kubernetes.io/region: eu, topology.kubernetes.io/zone: a, topology.istio.io/subzone: r1}}
            status: {addresses: [{type: Hostname, address: n1}, {type: InternalIP, address: 172.18.1.1}, {type: InternalIP, address: "fd00:18::1"}]}
            ---

            """ + Pod(
            metadata: "labels: {app: shop-web, version: v2}, ownerReferences: [{apiVersion: apps/v1, kind: Deployment, name: web-deploy, controller: true}]",
            spec: "serviceAccountName: front, nodeName: n1",
            status: "podIPs: [{ip: 10.0.0.1}, {ip: 'fd00::1'}], conditions: [{type: Ready, status: 'True'}]"));

        var workload = mesh.Workload();
        Assert.Equal("Kubernetes//Pod/shop/web", workload.Uid);
        Assert.Equal("spiffe://cluster.local/ns/shop/sa/front", workload.Identity.ToString());
        Assert.Equal([IPAddress.Parse("10.0.0.1"), IPAddress.Parse("fd00::1")], workload.Addresses);
        Assert.Equal(("n1", new Locality("eu", "a", "r1")), (workload.Node, workload.Locality));
        Assert.Equal(("shop-web", "v2", "web-deploy", WorkloadType.Deployment), (workload.CanonicalName, workload.CanonicalRevision, workload.WorkloadName, workload.WorkloadType));
        Assert.Equal(WorkloadHealth.Healthy, workload.Health);
        Assert.Equal([IPAddress.Parse("172.18.1.1"), IPAddress.Parse("fd00:18::1")], mesh.Result.Mesh.Nodes["n1"].Addresses);
        Assert.Equal([new WorkloadPlacement("n1", "shop", "front")], mesh.Result.Mesh.Placements);
    }

    [Theory]
    [InlineData("conditions: [{type: Ready, status: 'True'}]", "", WorkloadHealth.Healthy)]
    [InlineData("conditions: [{type: Ready, status: 'False'}]", "", WorkloadHealth.Unhealthy)]
    [InlineData("conditions: []", "", WorkloadHealth.Unhealthy)]
    [InlineData("conditions: [{type: Ready, status: 'True'}]", "deletionTimestamp: '2026-01-01T00:00:00Z'", WorkloadHealth.Unhealthy)]
    public void Readiness_ComesFromConditionAndDeletion(string status, string metadata, WorkloadHealth health) =>
        Assert.Equal(health, new TestMesh(Pod(metadata, status: $"podIP: 10.0.0.1, {status}")).Workload().Health);

    [Theory]
    [InlineData("", "web", WorkloadType.Pod)]
    [InlineData("{apiVersion: apps/v1, kind: StatefulSet, name: db}", "db", WorkloadType.Deployment)]
    [InlineData("{apiVersion: apps/v1, kind: ReplicaSet, name: api-7d9f}", "api", WorkloadType.Deployment)]
    [InlineData("{apiVersion: apps/v1, kind: ReplicaSet, name: api-other}", "api-other", WorkloadType.Deployment)]
    [InlineData("{apiVersion: batch/v1, kind: Job, name: once}", "once", WorkloadType.Job)]
    [InlineData("{apiVersion: batch/v1, kind: Job, name: nightly-29381760}", "nightly", WorkloadType.CronJob)]
    public void Controller_NamesTheWorkload(string owner, string name, WorkloadType type)
    {
        var workload = new TestMesh(Pod($"labels: {{pod-template-hash: 7d9f}}, ownerReferences: [{owner}]")).Workload();

        Assert.Equal((name, type), (workload.WorkloadName, workload.WorkloadType));
        Assert.Equal((name, "latest"), (workload.CanonicalName, workload.CanonicalRevision));
    }

    [Fact]
    public void HostNetworkPod_IsOutsideTheMesh()
    {
        var workload = new TestMesh(Pod("labels: {istio.io/dataplane-mode: ambient}", "hostNetwork: true")).Workload();

        Assert.Equal((NetworkMode.HostNetwork, TunnelProtocol.None), (workload.NetworkMode, workload.TunnelProtocol));
    }

    [Fact]
    public void PodWithoutAddress_IsPlacedButNoWorkload()
    {
        var mesh = new TestMesh(Pod(spec: "nodeName: n1", status: "phase: Pending"));

        Assert.Empty(mesh.Result.Mesh.Workloads);
        Assert.Equal([new WorkloadPlacement("n1", "shop", "default")], mesh.Result.Mesh.Placements);
    }

    [Theory]
    [InlineData("Succeeded")]
    [InlineData("Failed")]
    public void EndedPod_IsNothing(string phase)
    {
        var mesh = new TestMesh(Pod(spec: "nodeName: n1", status: $"phase: {phase}, podIP: 10.0.0.1"));

        Assert.Empty(mesh.Result.Mesh.Workloads);
        Assert.Empty(mesh.Result.Mesh.Placements);
    }

    [Fact]
    public void ReusedAddress_BelongsToThePodThatStays()
    {
        var mesh = new TestMesh(Pod("deletionTimestamp: '2026-01-01T00:00:00Z'") + Pod(name: "next"));

        Assert.Equal(["Kubernetes//Pod/shop/next"], mesh.Result.Mesh.Workloads.Keys);
    }

    [Fact]
    public void Service_BindsPodsWithTheirOwnPorts()
    {
        var mesh = new TestMesh("""
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop}
            spec:
              clusterIPs: [10.96.0.5, "fd00:96::5"]
              selector: {app: web}
              ports:
              - {name: http, port: 80, targetPort: http}
              - {name: other, port: 81, targetPort: 9000}
              - {name: same, port: 82}
              - {name: missing, port: 83, targetPort: nope}
              - {name: dns, port: 53, protocol: UDP}
            ---

            """ + Pod("labels: {app: web, tier: x}", ports: "[{name: http, containerPort: 8080}]") + Pod("labels: {app: db}", name: "db", ip: "10.0.0.2"));

        var service = Assert.Single(mesh.Result.Mesh.Services).Value;
        Assert.Equal(("shop", "web.shop.svc.cluster.local"), (service.Key.Namespace, service.Hostname));
        Assert.Equal([IPAddress.Parse("10.96.0.5"), IPAddress.Parse("fd00:96::5")], service.Addresses);
        Assert.Equal(
            [new(80, 0, AppProtocol.Http11, "http"), new(81, 9000, Name: "other"), new(82, 82, Name: "same"), new ServicePort(83, 0, Name: "missing")],
            service.Ports);
        var binding = Assert.Single(mesh.Workload().Services);
        Assert.Equal(service.Key, binding.Service);
        Assert.Equal([new(80, 8080), new(81, 9000), new ServicePort(82, 82)], binding.Ports);
        Assert.Empty(mesh.Workload("shop/db").Services);
    }

    [Theory]
    [InlineData("clusterIP: None", LoadBalancingMode.Unspecified, "", false)]
    [InlineData("publishNotReadyAddresses: true", LoadBalancingMode.Unspecified, "", true)]
    [InlineData("trafficDistribution: PreferClose", LoadBalancingMode.Failover, "Network Region Zone", false)]
    [InlineData("trafficDistribution: PreferSameZone", LoadBalancingMode.Failover, "Network Region Zone", false)]
    [InlineData("trafficDistribution: PreferSameNode", LoadBalancingMode.Failover, "Network Region Zone Subzone Node", false)]
    [InlineData("internalTrafficPolicy: Local, publishNotReadyAddresses: true", LoadBalancingMode.Strict, "Node", true)]
    [InlineData("internalTrafficPolicy: Cluster", LoadBalancingMode.Unspecified, "", false)]
    public void Service_TrafficFields_BecomePreferences(string spec, LoadBalancingMode mode, string preferences, bool unhealthy)
    {
        var service = Assert.Single(new TestMesh(Service($"ports: [{{port: 80}}], {spec}")).Result.Mesh.Services).Value;

        Assert.Equal((mode, unhealthy), (service.LoadBalancing.Mode, service.LoadBalancing.AllowUnhealthy));
        Assert.Equal(preferences, string.Join(' ', service.LoadBalancing.Preferences));
        Assert.Empty(service.Addresses);
    }

    [Fact]
    public void TrafficDistribution_OfTheNamespace_IsInherited()
    {
        var mesh = new TestMesh("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop, annotations: {networking.istio.io/traffic-distribution: PreferClose}}\n---\n"
            + Service("ports: [{port: 80}]"));

        Assert.Equal(LoadBalancingMode.Failover, Assert.Single(mesh.Result.Mesh.Services).Value.LoadBalancing.Mode);
    }

    [Fact]
    public void ExternalName_IsNoService() =>
        Assert.Empty(new TestMesh(Service("type: ExternalName, externalName: example.com")).Result.Mesh.Services);

    [Fact]
    public void EndpointSlice_OfServiceWithoutSelector_BindsPodsAndOthers()
    {
        var mesh = new TestMesh(Service("ports: [{name: a, port: 80}]") + Pod() + """
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: s1, namespace: shop, labels: {kubernetes.io/service-name: svc}}
            addressType: IPv4
            ports: [{name: a, port: 8000}]
            endpoints: [{addresses: [10.0.0.1]}, {addresses: [192.0.2.1], conditions: {ready: false}}]
            """);

        Assert.Equal([new ServicePort(80, 8000)], Assert.Single(mesh.Workload().Services).Ports);
        var other = mesh.Result.Mesh.Workloads["Kubernetes/discovery.k8s.io/EndpointSlice/shop/s1/192.0.2.1"];
        Assert.Equal((WorkloadHealth.Unhealthy, TunnelProtocol.None), (other.Health, other.TunnelProtocol));
        Assert.Equal("svc.shop.svc.cluster.local", Assert.Single(other.Services).Service.Name);
    }

    [Fact]
    public void Endpoints_OfServiceWithoutSelector_Bind()
    {
        var mesh = new TestMesh(Service("ports: [{port: 80}]") + """
            apiVersion: v1
            kind: Endpoints
            metadata: {name: svc, namespace: shop}
            subsets: [{addresses: [{ip: 192.0.2.1}], ports: [{port: 8000}]}]
            """);

        Assert.Equal([new ServicePort(80, 8000)], Assert.Single(Assert.Single(mesh.Result.Mesh.Workloads).Value.Services).Ports);
    }

    [Theory]
    [InlineData("svc", "selector: {app: x}, ", FindingCodes.NoEffect)]
    [InlineData("nope", "", FindingCodes.TargetNotFound)]
    public void EndpointSlice_WithoutEffect_IsReported(string service, string spec, string code)
    {
        var mesh = new TestMesh(Service($"{spec}ports: [{{port: 80}}]") + $"""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {"{"}name: s1, namespace: shop, labels: {"{"}kubernetes.io/service-name: {service}{"}}"}
            addressType: IPv4
            endpoints: [{"{"}addresses: [192.0.2.1]{"}"}]
            """);

        Assert.Equal([code], mesh.Codes);
        Assert.Empty(mesh.Result.Mesh.Workloads);
    }

    [Fact]
    public void Settings_NameClusterAndDomains()
    {
        var settings = new MeshSettings { ClusterId = "east", TrustDomain = "td.example", ClusterDomain = "k8s.example" };
        var mesh = new TestMesh(Service("ports: [{port: 80}]") + Pod(), settings);

        var workload = Assert.Single(mesh.Result.Mesh.Workloads).Value;
        Assert.Equal(("east//Pod/shop/web", "td.example", "east"), (workload.Uid, workload.TrustDomain, workload.ClusterId));
        Assert.Equal("svc.shop.svc.k8s.example", Assert.Single(mesh.Result.Mesh.Services).Value.Hostname);
    }

    private static string Service(string spec) => $"apiVersion: v1\nkind: Service\nmetadata: {{name: svc, namespace: shop}}\nspec: {{{spec}}}\n---\n";

    private static string Pod(string metadata = "", string spec = "", string? status = null, string name = "web", string ip = "10.0.0.1", string ports = "[]") => $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}, namespace: shop, {{metadata}}}
        spec: {containers: [{name: c, ports: {{ports}}}], {{spec}}}
        status: { {{status ?? $"podIP: {ip}"}} }
        ---

        """;
}
