using NodeMesh.Cli.Local;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Cli.Tests.Local;

public sealed class GetTablesTests
{
    [Fact]
    public void Write_Endpoints_ShowsReadyAndOthersApartWithTheirPorts()
    {
        using var output = new StringWriter();
        var endpoints = ManifestReader.ReadText("""
            apiVersion: v1
            kind: Endpoints
            metadata: {name: web, namespace: shop}
            subsets:
            - addresses: [{ip: 10.244.1.2}, {ip: "fd00:244:1::2"}]
              notReadyAddresses: [{ip: 10.244.1.3}]
              ports: [{port: 8080}]
            """, "shop").Documents[0].Root;

        GetTables.Write(output, ResourceKinds.FindByWord("endpoints")!, [endpoints], wide: false, withNamespace: false);

        var row = output.ToString().Split('\n')[1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["web", "10.244.1.2:8080,[fd00:244:1::2]:8080", "10.244.1.3:8080"], row[..3]);
    }

    [Fact]
    public void Write_PodWithoutAPlace_SaysUnschedulable()
    {
        using var output = new StringWriter();
        var pod = ManifestReader.ReadText("""
            apiVersion: v1
            kind: Pod
            metadata: {name: web, namespace: shop}
            spec: {containers: [{name: c, image: x, command: [date]}]}
            status: {phase: Pending, reason: Unschedulable}
            """, "shop").Documents[0].Root;

        GetTables.Write(output, ResourceKinds.Pod, [pod], wide: false, withNamespace: false);

        Assert.Contains("Unschedulable", output.ToString(), StringComparison.Ordinal);
    }
}
