using System.Text.Json;
using NodeMesh.Cli.Install;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Tests.Cluster;

public sealed class PodTroubleTests
{
    [Fact]
    public void Of_ContainersThatDoNotRun_SaysWhy()
    {
        var pod = Pod("""
            {"phase":"Pending","containerStatuses":[
              {"name":"proxy","ready":true,"state":{"running":{}}},
              {"name":"agent","ready":false,"state":{"waiting":{"reason":"ErrImagePull","message":"no such image"}}},
              {"name":"other","ready":false,"state":{"running":{}},"lastState":{"terminated":{"exitCode":139}}}]}
            """);

        Assert.Equal(["container agent waiting: ErrImagePull, no such image", "container other runs and is not ready (ended before with exit code 139)"], PodTrouble.Of(pod));
    }

    [Fact]
    public void Of_APodWithoutContainers_SaysThatTheyAreNotStarted() => Assert.Contains("not started yet", PodTrouble.Of(Pod("""{"phase":"Pending"}"""))[0], StringComparison.Ordinal);

    private static V1Pod Pod(string status) => new() { Status = JsonSerializer.Deserialize<V1PodStatus>(status, JsonSerializerOptions.Web) };
}
