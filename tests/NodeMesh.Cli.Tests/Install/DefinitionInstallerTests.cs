using Microsoft.AspNetCore.Http;
using NodeMesh.Charts;
using NodeMesh.Cli.Cluster;
using NodeMesh.Cli.Install;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Cli.Tests.Install;

public sealed class DefinitionInstallerTests
{
    [Fact]
    public async Task Definition_WhoseNamesAreTaken_EndsTheInstallationWithTheReason()
    {
        var chart = new Chart(ChartFiles.Own);
        await using var server = await FakeServer.StartAsync((context, _) => AnswerAsync(context));
        using var client = new KubernetesClient(server.Configuration);
        var installer = new DefinitionInstaller(client, TimeProvider.System);

        var error = await Assert.ThrowsAsync<ClusterException>(
            () => installer.InstallAsync([chart.Definitions()[0]], new VersionInfo { Major = "1", Minor = "30", GitVersion = "v1.30.0" }, dryRun: false, TimeSpan.FromMilliseconds(1), TestContext.Current.CancellationToken));

        Assert.Contains(chart.Definitions()[0].Name, error.Message, StringComparison.Ordinal);
        Assert.Contains("\"wp\" is already in use", error.Message, StringComparison.Ordinal);
    }

    private static Task AnswerAsync(HttpContext context) => context.Response.WriteAsync(context.Request.Path.Value!.EndsWith("/customresourcedefinitions", StringComparison.Ordinal)
        ? """{"kind":"CustomResourceDefinitionList","apiVersion":"apiextensions.k8s.io/v1","metadata":{},"items":[]}"""
        : """
            {"kind":"CustomResourceDefinition","apiVersion":"apiextensions.k8s.io/v1","metadata":{"name":"x"},"status":{"conditions":[
              {"type":"NamesAccepted","status":"False","reason":"ShortNamesConflict","message":"\"wp\" is already in use"},
              {"type":"Established","status":"False","reason":"NotAccepted","message":"not all names are accepted"}]}}
            """);
}
