using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Translation;

public sealed class ServiceEntryTranslationTests
{
    [Fact]
    public void StaticEntry_BecomesServiceAndWorkloads()
    {
        var mesh = Entry("""
            hosts: [api.example.com]
            location: MESH_EXTERNAL
            resolution: STATIC
            ports: [{number: 80, name: http, protocol: HTTP, targetPort: 8080}, {number: 443, name: https, protocol: TLS}, {number: 53, name: dns, protocol: UDP}]
            endpoints:
            - {address: 192.0.2.1, weight: 3, labels: {version: v2}, locality: eu/a/r1, ports: {http: 9090}}
            - {address: 192.0.2.2}
            """);

        var service = mesh.Result.Mesh.Services[new NamespacedName("shop", "api.example.com")];
        Assert.False(service.Canonical);
        Assert.Equal("entry", service.Name);
        Assert.Equal([new ServicePort(80, 8080, AppProtocol.Http11, "http"), new ServicePort(443, 443, AppProtocol.Tls, "https")], service.Ports);
        var address = Assert.Single(service.Addresses);
        Assert.StartsWith("240.240.", address.ToString(), StringComparison.Ordinal);
        Assert.Contains(mesh.Result.Findings, f => f.Code == FindingCodes.NoEffect && f.Field == "spec.ports[2]");

        var workloads = Members(mesh, service);
        Assert.Equal(["192.0.2.1", "192.0.2.2"], workloads.Select(w => w.Addresses[0].ToString()));
        Assert.All(workloads, w => Assert.Equal(TunnelProtocol.None, w.TunnelProtocol));
        Assert.Equal((3u, new Locality("eu", "a", "r1")), (workloads[0].Capacity, workloads[0].Locality));
        Assert.Equal([new ServicePort(80, 9090), new ServicePort(443, 443)], workloads[0].Services[0].Ports);
        Assert.Equal([new ServicePort(80, 8080), new ServicePort(443, 443)], workloads[1].Services[0].Ports);
    }

    [Fact]
    public void DnsEntry_WithoutEndpoints_ResolvesItsHosts()
    {
        var mesh = Entry("{hosts: [a.example.com, B.example.com], resolution: DNS, ports: [{number: 80, name: http, protocol: HTTP}]}");

        var services = mesh.Result.Mesh.Services.Values.Where(s => s.Name == "entry").OrderBy(s => s.Hostname, StringComparer.Ordinal).ToList();
        Assert.Equal(["a.example.com", "b.example.com"], services.Select(s => s.Hostname));
        Assert.Equal(["a.example.com", "b.example.com"], services.Select(s => Assert.Single(Members(mesh, s)).Hostname));
        Assert.NotEqual(services[0].Addresses[0], services[1].Addresses[0]);
    }

    [Fact]
    public void DnsEntry_WithEndpoints_ResolvesThem()
    {
        var mesh = Entry("{hosts: [a.example.com], resolution: DNS, ports: [{number: 80, name: http}], endpoints: [{address: us.example.com}, {address: 192.0.2.7}]}");

        var members = Members(mesh, mesh.Result.Mesh.Services.Values.Single(s => s.Name == "entry"));
        Assert.Equal(["", "us.example.com"], members.Select(w => w.Hostname).Order(StringComparer.Ordinal));
        Assert.Equal("192.0.2.7", Assert.Single(members.SelectMany(w => w.Addresses)).ToString());
    }

    [Fact]
    public void EntryWithoutResolution_GoesWhereTheClientWanted()
    {
        var mesh = Entry("{hosts: ['*.example.com'], ports: [{number: 443, name: tls, protocol: TLS}]}");

        var service = mesh.Result.Mesh.Services[new NamespacedName("shop", "*.example.com")];
        Assert.True(service.IsNamedOnly);
        Assert.Equal(LoadBalancingMode.Passthrough, service.LoadBalancing.Mode);
    }

    [Fact]
    public void Addresses_AreKeptAndNetworksToo()
    {
        var mesh = Entry("{hosts: [db.example.com], resolution: STATIC, addresses: [192.0.2.10, 198.51.100.0/24], ports: [{number: 3306, name: tcp}], endpoints: [{address: 192.0.2.1}]}");

        var service = mesh.Result.Mesh.Services[new NamespacedName("shop", "db.example.com")];
        Assert.Equal([IPAddress.Parse("192.0.2.10")], service.Addresses);
        Assert.Equal([IPNetwork.Parse("198.51.100.0/24")], service.Networks);
    }

    [Fact]
    public void AutomaticAddress_IsTheSameAgain_AndCanBeSwitchedOff()
    {
        const string Spec = "{hosts: [db.example.com], resolution: STATIC, ports: [{number: 3306, name: tcp}], endpoints: [{address: 192.0.2.1}]}";
        var key = new NamespacedName("shop", "db.example.com");

        Assert.Equal(Entry(Spec).Result.Mesh.Services[key].Addresses, Entry(Spec, others: EntryText("{hosts: [a.b], resolution: DNS, ports: []}", "other")).Result.Mesh.Services[key].Addresses);
        Assert.Empty(Entry(Spec, labels: "{networking.istio.io/enable-autoallocate-ip: 'false'}").Result.Mesh.Services[key].Addresses);
    }

    [Fact]
    public void WorkloadSelector_TakesPodsAndWorkloadEntries()
    {
        var mesh = Entry(
            "{hosts: [mixed.shop.internal], location: MESH_INTERNAL, resolution: STATIC, ports: [{number: 80, name: http, targetPort: 8080}], workloadSelector: {labels: {app: web}}}",
            others: """
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: vm, namespace: shop}
                spec: {address: 192.0.2.20, labels: {app: web, version: v9}, serviceAccount: vm, ports: {http: 7070}}
                ---
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: other, namespace: shop}
                spec: {address: 192.0.2.21, labels: {app: db}}
                """);

        var service = mesh.Result.Mesh.Services[new NamespacedName("shop", "mixed.shop.internal")];
        var members = Members(mesh, service).OrderBy(w => w.Name, StringComparer.Ordinal).ToList();
        Assert.Equal(["vm", "web"], members.Select(w => w.Name));
        Assert.Equal("spiffe://cluster.local/ns/shop/sa/vm", members[0].Identity.ToString());
        Assert.Equal([7070, 8080], members.Select(w => w.Services.Single(b => b.Service == service.Key).Ports[0].TargetPort));
        Assert.Equal("v9", members[0].CanonicalRevision);
    }

    [Fact]
    public void EndpointWithAPodsAddress_IsThePod()
    {
        var mesh = Entry("{hosts: [web.example.com], resolution: STATIC, ports: [{number: 80, name: http}], endpoints: [{address: 10.0.0.1}]}");

        var member = Assert.Single(Members(mesh, mesh.Result.Mesh.Services[new NamespacedName("shop", "web.example.com")]));
        Assert.Equal("Kubernetes//Pod/shop/web", member.Uid);
    }

    [Fact]
    public void SecondEntryOfAHost_IsReported()
    {
        var mesh = Entry(
            "{hosts: [a.example.com], resolution: DNS, ports: [{number: 80, name: http}]}",
            others: EntryText("{hosts: [a.example.com], resolution: DNS, ports: [{number: 81, name: http}]}", "second"));

        Assert.Contains(mesh.Result.Findings, f => f.Code == FindingCodes.Overridden && f.Resource?.Name == "second" && f.Field == "spec.hosts[0]");
        Assert.Equal(80, mesh.Result.Mesh.Services[new NamespacedName("shop", "a.example.com")].Ports[0].Port);
    }

    [Theory]
    [InlineData("[]", "any", true)]
    [InlineData("['.']", "shop", true)]
    [InlineData("['.']", "other", false)]
    [InlineData("[other]", "other", true)]
    [InlineData("['~']", "shop", false)]
    public void ExportTo_SaysWhoSeesIt(string exportTo, string client, bool visible)
    {
        var mesh = Entry($"{{hosts: [a.example.com], resolution: DNS, ports: [{{number: 80, name: http}}], exportTo: {exportTo}}}");

        Assert.Equal(visible, mesh.Result.Mesh.Services[new NamespacedName("shop", "a.example.com")].IsVisibleIn(client));
    }

    [Fact]
    public void ServiceAnnotation_SaysWhoSeesTheService()
    {
        var mesh = new TestMesh(TestMesh.Shop + """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: shop, annotations: {networking.istio.io/exportTo: "., other"}}
            spec: {selector: {app: web}, clusterIP: 10.96.0.1, ports: [{port: 80, targetPort: 8080}]}
            """);

        Assert.Equal(["other", "shop"], Assert.Single(mesh.Result.Mesh.Services.Values).VisibleIn);
    }

    private static List<Workload> Members(TestMesh mesh, Service service) =>
        [.. mesh.Result.Mesh.Workloads.Values.Where(w => w.Services.Any(b => b.Service == service.Key)).OrderBy(w => w.Uid, StringComparer.Ordinal)];

    private static TestMesh Entry(string spec, string others = "", string labels = "{}") => new(TestMesh.Shop + EntryText(spec, "entry", labels) + others);

    private static string EntryText(string spec, string name, string labels = "{}") => $"""

        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {"{"}name: {name}, namespace: shop, labels: {labels}{"}"}
        spec:
          {spec.ReplaceLineEndings("\n  ")}

        """;
}
