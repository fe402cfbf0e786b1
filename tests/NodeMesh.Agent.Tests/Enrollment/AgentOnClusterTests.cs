using System.Text.Json.Nodes;
using NodeMesh.Agent.Tests.Fixtures;
using NodeMesh.Agent.Tests.Installation;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Agent.Tests.Enrollment;

/// <summary>The whole agent, with its plugin, against a real API server. Namespaces stand in for pods.</summary>
[Collection(AgentCollection.Name)]
public sealed class AgentOnClusterTests(AgentCluster cluster)
{
    [Fact]
    public async Task PodOfTheMesh_StartsWhenItIsCaptured()
    {
        await using var agent = await new AgentProcess(cluster).StartAsync();
        await using var pod = await TestPod.CreateAsync();
        var ns = await cluster.NamespaceAsync(meshed: true);
        var uid = (await cluster.PodAsync(ns, "web", agent.Options.Node, annotations: "9999")).Metadata.Uid!;

        var (exit, output) = await agent.CniAsync("ADD", ns, "web", uid, pod.Namespace.Path, pod.Address);

        Assert.Equal((0, pod.Address + "/24"), (exit, (string?)JsonNode.Parse(output)!["ips"]![0]!["address"]));
        var enrollment = agent.Enrollment(uid)!;
        Assert.Equal((ns, "web", "buyer", pod.Namespace.Path), (enrollment.Namespace, enrollment.Name, enrollment.ServiceAccount, enrollment.NetworkNamespace));
        Assert.Equal([pod.Address], enrollment.Addresses);
        Assert.Equal("9999", enrollment.Annotations["nodemesh.io/excludeOutboundPorts"]);
        Assert.Equal(0, (await agent.CniAsync("CHECK", ns, "web", uid, pod.Namespace.Path, pod.Address)).Exit);
        // Pods start before the agent has looked through all that run; it says that it is ready when it has.
        await Eventually.TrueAsync(async () => (await agent.CniAsync("STATUS", ns, "web", uid, "", "")).Exit == 0, "the agent is ready");

        Assert.Equal(0, (await agent.CniAsync("DEL", ns, "web", uid, pod.Namespace.Path, pod.Address)).Exit);
        Assert.Null(agent.Enrollment(uid));
    }

    [Fact]
    public async Task PodThatIsNotCaptured_DoesNotStartAndSaysWhy()
    {
        await using var agent = await new AgentProcess(cluster) { ProxyError = "annotation x is malformed" }.StartAsync();
        await using var pod = await TestPod.CreateAsync();
        var ns = await cluster.NamespaceAsync(meshed: true);
        var uid = (await cluster.PodAsync(ns, "web", agent.Options.Node)).Metadata.Uid!;

        var (exit, output) = await agent.CniAsync("ADD", ns, "web", uid, pod.Namespace.Path, pod.Address);

        var error = JsonNode.Parse(output)!;
        Assert.Equal((1, 11), (exit, (int?)error["code"]));
        Assert.Contains("annotation x is malformed", (string?)error["msg"], StringComparison.Ordinal);
        Assert.Null(agent.Enrollment(uid));
        await Eventually.TrueAsync(async () => (await cluster.EventsAsync(ns, "web")).Any(e => e.StartsWith("NodeMeshNotCaptured: ", StringComparison.Ordinal) && e.Contains("annotation x", StringComparison.Ordinal)), "an event says why");
    }

    [Fact]
    public async Task ProxyThatIsAway_KeepsPodsOfTheMeshAloneFromStarting()
    {
        await using var agent = await new AgentProcess(cluster) { ProxyRuns = false }.StartAsync();
        await using var pod = await TestPod.CreateAsync();
        var (meshed, plain) = (await cluster.NamespaceAsync(meshed: true), await cluster.NamespaceAsync(meshed: false));
        var inside = (await cluster.PodAsync(meshed, "web", agent.Options.Node)).Metadata.Uid!;
        var outside = (await cluster.PodAsync(plain, "web", agent.Options.Node)).Metadata.Uid!;

        Assert.Equal(1, (await agent.CniAsync("ADD", meshed, "web", inside, pod.Namespace.Path, pod.Address)).Exit);
        Assert.Equal(0, (await agent.CniAsync("ADD", plain, "web", outside, pod.Namespace.Path, pod.Address)).Exit);
        agent.ProxyRuns = true;
        Assert.Equal(0, (await agent.CniAsync("ADD", meshed, "web", inside, pod.Namespace.Path, pod.Address)).Exit);
    }

    [Fact]
    public async Task AnswerToAnEarlierSandbox_DoesNotCount()
    {
        await using var agent = await new AgentProcess(cluster).StartAsync();
        await using var first = await TestPod.CreateAsync();
        await using var second = await TestPod.CreateAsync();
        var ns = await cluster.NamespaceAsync(meshed: true);
        var uid = (await cluster.PodAsync(ns, "web", agent.Options.Node)).Metadata.Uid!;
        Assert.Equal(0, (await agent.CniAsync("ADD", ns, "web", uid, first.Namespace.Path, first.Address)).Exit);

        agent.ProxyRuns = false;
        Assert.Equal(1, (await agent.CniAsync("ADD", ns, "web", uid, second.Namespace.Path, second.Address)).Exit);
        agent.ProxyRuns = true;
        Assert.Equal(0, (await agent.CniAsync("ADD", ns, "web", uid, second.Namespace.Path, second.Address)).Exit);

        // Late news of the first one.
        await agent.CniAsync("DEL", ns, "web", uid, first.Namespace.Path, first.Address);
        Assert.Equal(second.Namespace.Path, agent.Enrollment(uid)!.NetworkNamespace);
    }

    [Fact]
    public async Task UnknownPod_DoesNotStart()
    {
        await using var agent = await new AgentProcess(cluster).StartAsync();
        var ns = await cluster.NamespaceAsync(meshed: false);
        var uid = (await cluster.PodAsync(ns, "web", agent.Options.Node)).Metadata.Uid!;
        Assert.Equal(1, (await agent.CniAsync("ADD", ns, "nobody", uid, "/run/netns/x", "10.0.0.1")).Exit);
        Assert.Equal(1, (await agent.CniAsync("ADD", ns, "web", Guid.NewGuid().ToString(), "/run/netns/x", "10.0.0.1")).Exit);
        Assert.Equal(0, (await agent.CniAsync("ADD", ns, "web", uid, "/run/netns/x", "10.0.0.1")).Exit);
    }

    [Fact]
    public async Task RunningPod_FollowsItsLabels()
    {
        await using var agent = await new AgentProcess(cluster).StartAsync();
        await using var pod = await TestPod.CreateAsync();
        var ns = await cluster.NamespaceAsync(meshed: false);
        var uid = (await cluster.PodAsync(ns, "web", agent.Options.Node)).Metadata.Uid!;
        await pod.StartAsync(uid);
        await cluster.RunningAsync(ns, "web", pod.Address);

        await cluster.LabelAsync(ns, "ambient");
        await agent.UntilEnrolledAsync(uid);
        Assert.Equal((pod.Namespace.Path, pod.Address), (agent.Enrollment(uid)!.NetworkNamespace, agent.Enrollment(uid)!.Addresses.Single()));
        await cluster.LabelAsync(ns, null);
        await agent.UntilEnrolledAsync(uid, enrolled: false);
        await cluster.LabelAsync(ns, "ambient");
        await agent.UntilEnrolledAsync(uid);
        await cluster.RunningAsync(ns, "web", pod.Address, phase: "Succeeded");
        await agent.UntilEnrolledAsync(uid, enrolled: false);
    }

    [Fact]
    public async Task PodsOfTheHostsNetworkAndOfOtherNodes_AreLeftAlone()
    {
        await using var agent = await new AgentProcess(cluster).StartAsync();
        await using var pod = await TestPod.CreateAsync();
        var ns = await cluster.NamespaceAsync(meshed: true);
        var host = (await cluster.PodAsync(ns, "host", agent.Options.Node, hostNetwork: true)).Metadata.Uid!;
        var other = (await cluster.PodAsync(ns, "other", AgentCluster.Unique("elsewhere"))).Metadata.Uid!;
        var uid = (await cluster.PodAsync(ns, "web", agent.Options.Node)).Metadata.Uid!;
        await pod.StartAsync(host);
        await pod.StartAsync(other);
        await pod.StartAsync(uid);
        await cluster.RunningAsync(ns, "host", pod.Address);
        await cluster.RunningAsync(ns, "other", pod.Address);
        await cluster.RunningAsync(ns, "web", pod.Address);
        await agent.UntilEnrolledAsync(uid);
        Assert.Null(agent.Enrollment(host));
        Assert.Null(agent.Enrollment(other));
    }

    [Fact]
    public async Task RestartedAgent_KeepsAndMends()
    {
        await using var agent = await new AgentProcess(cluster).StartAsync();
        await using var stays = await TestPod.CreateAsync();
        await using var leaves = await TestPod.CreateAsync();
        var (ns, other) = (await cluster.NamespaceAsync(meshed: true), await cluster.NamespaceAsync(meshed: true));
        var kept = (await cluster.PodAsync(ns, "web", agent.Options.Node)).Metadata.Uid!;
        var left = (await cluster.PodAsync(other, "web", agent.Options.Node)).Metadata.Uid!;
        Assert.Equal(0, (await agent.CniAsync("ADD", ns, "web", kept, stays.Namespace.Path, stays.Address)).Exit);
        Assert.Equal(0, (await agent.CniAsync("ADD", other, "web", left, leaves.Namespace.Path, leaves.Address)).Exit);

        await agent.StopAsync();
        Assert.True(File.Exists(agent.PluginPath));
        Assert.Contains("nodemesh-cni", await File.ReadAllTextAsync(agent.ConflistPath), StringComparison.Ordinal);
        Assert.Equal(1, (await agent.CniAsync("ADD", ns, "web", kept, stays.Namespace.Path, stays.Address)).Exit);
        await cluster.LabelAsync(other, null);
        await agent.StartAsync();

        await agent.UntilEnrolledAsync(left, enrolled: false);
        Assert.Equal(stays.Namespace.Path, agent.Enrollment(kept)!.NetworkNamespace);
    }

    [Fact]
    public async Task DeletedPod_StaysInTheMeshAsLongAsItsNamespaceIsThere()
    {
        await using var agent = await new AgentProcess(cluster).StartAsync();
        var ns = await cluster.NamespaceAsync(meshed: true);
        var (first, second) = ((await cluster.PodAsync(ns, "a", agent.Options.Node)).Metadata.Uid!, (await cluster.PodAsync(ns, "b", agent.Options.Node)).Metadata.Uid!);
        await using var b = await TestPod.CreateAsync();
        await using (var a = await TestPod.CreateAsync())
        {
            Assert.Equal(0, (await agent.CniAsync("ADD", ns, "a", first, a.Namespace.Path, a.Address)).Exit);
            Assert.Equal(0, (await agent.CniAsync("ADD", ns, "b", second, b.Namespace.Path, b.Address)).Exit);
            await cluster.DeleteAsync(ns, "a");
            await cluster.DeleteAsync(ns, "b");
        }

        await agent.UntilEnrolledAsync(first, enrolled: false);
        Assert.NotNull(agent.Enrollment(second));
    }

    [Fact]
    public async Task EndOfTheDaemonSet_RemovesEverything()
    {
        await using var agent = new AgentProcess(cluster);
        var sets = cluster.Admin.Resources(new KubernetesKind("apps", "v1", "DaemonSet", "daemonsets", true)).InNamespace("default");
        await sets.CreateAsync(KubernetesObject.Parse($$$$$"""
            {"apiVersion":"apps/v1","kind":"DaemonSet","metadata":{"name":"{{{{{agent.Options.DaemonSet}}}}}"},
             "spec":{"selector":{"matchLabels":{"a":"b"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"x"}]}}}}
            """));
        await agent.StartAsync();
        await agent.UntilItKnowsItsDaemonSetAsync();
        await using var pod = await TestPod.CreateAsync();
        var ns = await cluster.NamespaceAsync(meshed: true);
        var uid = (await cluster.PodAsync(ns, "web", agent.Options.Node)).Metadata.Uid!;
        Assert.Equal(0, (await agent.CniAsync("ADD", ns, "web", uid, pod.Namespace.Path, pod.Address)).Exit);

        await sets.DeleteAsync(agent.Options.DaemonSet);
        await agent.StopAsync();

        Assert.False(File.Exists(agent.PluginPath));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Conflists.Ptp), JsonNode.Parse(await File.ReadAllTextAsync(agent.ConflistPath))));
        Assert.False(Directory.Exists(agent.Options.EnrollmentDirectory));
        Assert.False(File.Exists(agent.Options.Socket));
    }
}
