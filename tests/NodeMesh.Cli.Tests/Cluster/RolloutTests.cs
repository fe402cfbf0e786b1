using NodeMesh.Cli.Install;
using NodeMesh.Kubernetes.Models;

namespace NodeMesh.Cli.Tests.Cluster;

public sealed class RolloutTests
{
    [Theory]
    [InlineData("""{"observedGeneration":2,"updatedReplicas":2,"readyReplicas":2}""", true)]
    [InlineData("""{"observedGeneration":1,"updatedReplicas":2,"readyReplicas":2}""", false)]
    [InlineData("""{"observedGeneration":2,"updatedReplicas":1,"readyReplicas":2}""", false)]
    [InlineData("""{"observedGeneration":2,"updatedReplicas":2,"readyReplicas":1}""", false)]
    [InlineData("""{}""", false)]
    public void Deployment_IsDone_WhenAllPodsOfItsNewestVersionAreReady(string status, bool done) =>
        Assert.Equal(done, Rollout.Of(KubernetesObject.Parse($$"""{"kind":"Deployment","metadata":{"name":"c","generation":2},"spec":{"replicas":2},"status":{{status}}}""")).IsDone);

    [Theory]
    [InlineData("""{"observedGeneration":2,"desiredNumberScheduled":3,"updatedNumberScheduled":3,"numberAvailable":3}""", true)]
    [InlineData("""{"observedGeneration":2,"desiredNumberScheduled":3,"updatedNumberScheduled":2,"numberAvailable":3}""", false)]
    [InlineData("""{"observedGeneration":2,"desiredNumberScheduled":3,"updatedNumberScheduled":3}""", false)]
    public void DaemonSet_IsDone_WhenEveryNodeHasItsNewestVersion(string status, bool done) =>
        Assert.Equal(done, Rollout.Of(KubernetesObject.Parse($$"""{"kind":"DaemonSet","metadata":{"name":"p","generation":2},"spec":{},"status":{{status}}}""")).IsDone);
}
