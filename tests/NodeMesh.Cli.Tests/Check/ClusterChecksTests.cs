using System.Text.Json.Nodes;
using NodeMesh.Cli.Check;
using NodeMesh.Testing;

namespace NodeMesh.Cli.Tests.Check;

/// <summary>What <c>nodemesh check</c> finds before an installation.</summary>
public sealed class ClusterChecksTests
{
    [Fact]
    public async Task SoundCluster_HasNothingButOk()
    {
        var found = await LookAsync(new FakeCluster().Node("n1").Node("n2").DaemonSet("kube-system", "calico-node"));

        Assert.All(found, f => Assert.Equal("ok", f.Level));
        Assert.Contains(found, f => f is { Category: "network plugin", Check: "Calico" });
        Assert.Equal(2, found.Count(f => f.Category == "clocks"));
    }

    [Theory]
    [InlineData(40, "ahead")]
    [InlineData(-120, "behind")]
    public async Task ClockThatIsOff_IsNamedByItsNode(int seconds, string way)
    {
        var found = await LookAsync(new FakeCluster().Node("n1").Node("n2", TimeSpan.FromSeconds(seconds)));

        var error = Assert.Single(found, f => f.Level == "error");
        Assert.Equal("clocks", error.Category);
        Assert.Contains("n2", error.Check, StringComparison.Ordinal);
        Assert.Contains(way, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LeaseThatIsAsOldAsReadyNodesHave_IsNoTrouble() =>
        Assert.DoesNotContain(await LookAsync(new FakeCluster().Node("n1", TimeSpan.FromSeconds(-60))), f => f.Level != "ok");

    [Fact]
    public async Task NodeWithoutNetwork_IsAnError()
    {
        var error = Assert.Single(await LookAsync(new FakeCluster().Node("n1", network: false)), f => f.Level == "error");
        Assert.Contains("NetworkUnavailable", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NetworkPluginThatIsNotReady_IsAWarning() =>
        Assert.Equal("Flannel", Assert.Single(await LookAsync(new FakeCluster().Node("n1").DaemonSet("kube-flannel", "kube-flannel-ds", ready: 0)), f => f.Level == "warning").Check);

    [Theory]
    [InlineData("true", "true", "false", 2)]
    [InlineData("false", "true", "true", 0)]
    [InlineData("false", "true", "", 1)]
    [InlineData("false", "false", "false", 0)]
    public async Task Cilium_IsAskedForWhatAChainedPluginNeeds(string exclusive, string replacesKubeProxy, string hostOnly, int warnings)
    {
        var cluster = new FakeCluster().Node("n1").DaemonSet("kube-system", "cilium")
            .ConfigMap("kube-system", "cilium-config", ("cni-exclusive", exclusive), ("kube-proxy-replacement", replacesKubeProxy), ("bpf-lb-sock-hostns-only", hostOnly));

        var found = (await LookAsync(cluster)).Where(f => f.Level != "ok").ToList();

        Assert.Equal(warnings, found.Count);
        Assert.All(found, f => Assert.Contains("helm upgrade cilium", f.Hint, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/api/v1/nodes")]
    [InlineData("/apis/apps/v1/daemonsets")]
    [InlineData("/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases")]
    [InlineData("/api/v1/namespaces/nodemesh-system/secrets/cacerts")]
    public async Task WhatMayNotBeRead_IsAWarning_AndTheOthersAreLookedAt(string path)
    {
        var found = await LookAsync(new FakeCluster().Node("n1").Forbid(path));

        var warning = Assert.Single(found, f => f.Level != "ok");
        Assert.Equal("warning", warning.Level);
        Assert.Contains($"{path} is forbidden", warning.Message, StringComparison.Ordinal);
        Assert.Contains(found, f => f.Category == "other meshes");
    }

    [Fact]
    public async Task OtherMesh_IsAnError() =>
        Assert.Equal("istio-system/ztunnel", Assert.Single(await LookAsync(new FakeCluster().Node("n1").DaemonSet("istio-system", "ztunnel")), f => f.Level == "error").Check);

    [Theory]
    [InlineData("v2", 1)]
    [InlineData("v1beta1", 0)]
    public async Task KindThatIsServedInAVersionNobodyReads_IsAWarning(string version, int warnings)
    {
        var group = new JsonObject { ["groupVersion"] = $"security.istio.io/{version}", ["version"] = version };
        var cluster = new FakeCluster().Node("n1")
            .Object("/apis", new JsonObject
            {
                ["groups"] = new JsonArray(new JsonObject { ["name"] = "security.istio.io", ["versions"] = new JsonArray(group), ["preferredVersion"] = group.DeepClone() }),
            })
            .Object($"/apis/security.istio.io/{version}", new JsonObject
            {
                ["groupVersion"] = $"security.istio.io/{version}",
                ["resources"] = new JsonArray(new JsonObject
                {
                    ["name"] = "authorizationpolicies",
                    ["kind"] = "AuthorizationPolicy",
                    ["namespaced"] = true,
                    ["verbs"] = new JsonArray("list", "watch", "get"),
                }),
            });

        var found = (await LookAsync(cluster)).Where(f => f.Level != "ok").ToList();

        Assert.Equal(warnings, found.Count);
        Assert.All(found, f => Assert.Contains("served as v2, and v1, v1beta1 is read", f.Message, StringComparison.Ordinal));
    }

    private static Task<IReadOnlyList<CheckOutcome>> LookAsync(FakeCluster cluster) =>
        cluster.AskAsync(client => new ClusterChecks(client, "nodemesh-system", new ManualTimeProvider(FakeCluster.Now)).RunAsync(TestContext.Current.CancellationToken));
}
