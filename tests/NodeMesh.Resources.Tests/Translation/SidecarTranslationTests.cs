using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Tests.Translation;

public sealed class SidecarTranslationTests
{
    private static readonly Service Web = Named("web", "shop");
    private static readonly Service Far = Named("far", "other");

    [Theory]
    [InlineData("'./*'", true, false)]
    [InlineData("'other/*'", false, true)]
    [InlineData("'*/*'", true, true)]
    [InlineData("'~/*'", false, false)]
    [InlineData("'*/far.other.svc.cluster.local'", false, true)]
    [InlineData("'./*', 'other/far.other.svc.cluster.local'", true, true)]
    public void EgressHosts_SayWhichServicesExist(string hosts, bool web, bool far)
    {
        var egress = new TestMesh(TestMesh.Shop + Sidecar($"{{egress: [{{hosts: [{hosts}]}}]}}")).Workload().Egress!;
        Assert.Equal((web, far), (egress.Includes(Web), egress.Includes(Far)));
        Assert.Null(egress.RegistryOnly);
    }

    [Theory]
    [InlineData("{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}", true)]
    [InlineData("{outboundTrafficPolicy: {mode: ALLOW_ANY}}", false)]
    public void OutboundTrafficPolicy_IsTheWorkloads(string spec, bool registryOnly)
    {
        var mesh = new TestMesh(TestMesh.Shop + Sidecar(spec));
        Assert.Equal(registryOnly, mesh.Workload().Egress!.RegistryOnly);
        Assert.Null(mesh.Workload("other/far").Egress);
    }

    [Fact]
    public void Selector_GoesBeforeNamespace_AndNamespaceBeforeRoot()
    {
        var mesh = new TestMesh(TestMesh.Shop
            + Sidecar("{egress: [{hosts: ['root/*']}]}", "root", "istio-system")
            + Sidecar("{egress: [{hosts: ['all/*']}]}", "all")
            + Sidecar("{workloadSelector: {labels: {app: web}}, egress: [{hosts: ['web/*']}]}", "web"));
        Assert.Equal("web", Assert.Single(mesh.Workload().Egress!.Hosts).Namespace);
        Assert.Equal("root", Assert.Single(mesh.Workload("other/far").Egress!.Hosts).Namespace);
    }

    [Fact]
    public void WhatIsNotServed_AndASecondForAll_AreReported()
    {
        var mesh = new TestMesh(TestMesh.Shop
            + Sidecar("{egress: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ['./*']}], ingress: [{port: {number: 80, name: http, protocol: HTTP}, defaultEndpoint: '127.0.0.1:80'}]}", "a")
            + Sidecar("{egress: [{hosts: ['./*']}]}", "b"));
        Assert.Contains(mesh.Result.Findings, f => f.Code == FindingCodes.NotServed && f.Field == "spec.ingress");
        Assert.Contains(mesh.Result.Findings, f => f.Code == FindingCodes.NotServed && f.Field == "spec.egress[0].port");
        Assert.Contains(mesh.Result.Findings, f => f.Code == FindingCodes.Overridden && f.Resource?.Name == "b");
    }

    private static Service Named(string name, string ns) => new() { Name = name, Namespace = ns, Hostname = $"{name}.{ns}.svc.cluster.local" };

    private static string Sidecar(string spec, string name = "default", string ns = "shop") => $"""

        ---
        apiVersion: networking.istio.io/v1
        kind: Sidecar
        metadata: {"{"}name: {name}, namespace: {ns}{"}"}
        spec: {spec}

        """;
}
