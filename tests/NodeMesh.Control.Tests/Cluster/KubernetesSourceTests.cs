using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Model;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>The control plane's view of a real API server.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class KubernetesSourceTests(ClusterFixture cluster)
{
    [Fact]
    public async Task PodNodeAndService_BecomeTheModel()
    {
        await using var follower = new MeshFollower(cluster.Cluster);
        var ns = await cluster.NamespaceAsync();
        var node = ClusterFixture.Unique("node");
        await cluster.ApplyAsync($$$"""
            {"apiVersion":"v1","kind":"Node","metadata":{"name":"{{{node}}}","labels":{"topology.kubernetes.io/zone":"z1","topology.kubernetes.io/region":"r1"}},
             "status":{"addresses":[{"type":"InternalIP","address":"172.20.0.5"},{"type":"Hostname","address":"{{{node}}}"}]}}
            """);
        await cluster.ApplyAsync($$$"""
            {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"{{{ns}}}"},"spec":{"selector":{"app":"web"},"ports":[{"port":80,"targetPort":"web","protocol":"TCP"}]}}
            """);
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "web-0", "10.40.0.1", $$"""{"nodeName":"{{node}}","serviceAccountName":"shop"}""", """{"app":"web"}"""));

        await follower.UntilAsync(_ => follower.Pod(ns, "web-0") is { Services.Length: 1, Locality.Zone: "z1" }, "the pod backs the service");

        var pod = follower.Pod(ns, "web-0")!;
        Assert.Equal(("shop", node, TunnelProtocol.Hbone, WorkloadHealth.Healthy), (pod.ServiceAccount, pod.Node, pod.TunnelProtocol, pod.Health));
        Assert.Equal("10.40.0.1", Assert.Single(pod.Addresses).ToString());
        Assert.Equal(new ServicePort(80, 8080), Assert.Single(pod.Services[0].Ports));
        Assert.Single(follower.Service(ns, "web")!.Addresses);
        Assert.Equal("172.20.0.5", Assert.Single(follower.Mesh!.Nodes[node].Addresses).ToString());
        Assert.Contains(new WorkloadPlacement(node, ns, "shop"), follower.Mesh.Placements);
    }

    [Fact]
    public async Task PodOfAService_FollowsReadinessAndDeletion()
    {
        await using var follower = new MeshFollower(cluster.Cluster);
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "a", "10.40.0.2"));
        await follower.UntilAsync(_ => follower.Pod(ns, "a") is { Health: WorkloadHealth.Healthy }, "the pod is healthy");
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "a", "10.40.0.2", ready: false));
        await follower.UntilAsync(_ => follower.Pod(ns, "a") is { Health: WorkloadHealth.Unhealthy }, "the pod is not ready");
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "a", "10.40.0.2"));
        await follower.UntilAsync(_ => follower.Pod(ns, "a") is { Health: WorkloadHealth.Healthy }, "the pod is healthy again");

        // Its kubelet has thirty seconds to end it: meanwhile it gets no new connection, but is still known to those that it has.
        await cluster.DeleteAsync("v1", "Pod", ns, "a", now: false);
        await follower.UntilAsync(_ => follower.Pod(ns, "a") is { Health: WorkloadHealth.Unhealthy }, "the pod drains");
        await cluster.DeleteAsync("v1", "Pod", ns, "a");
        await follower.UntilAsync(_ => follower.Pod(ns, "a") is null, "the pod is gone");
    }

    [Fact]
    public async Task NetworkPolicy_IsInTheModelWhileItExists()
    {
        await using var follower = new MeshFollower(cluster.Cluster);
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "web", "10.40.9.1", labels: """{"app":"web"}"""));
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "client", "10.40.9.2", labels: """{"app":"client"}"""));
        await cluster.ApplyAsync($$$$"""
            {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"p","namespace":"{{{{ns}}}}"},
             "spec":{"podSelector":{"matchLabels":{"app":"web"}},"ingress":[{"from":[{"podSelector":{"matchLabels":{"app":"client"}}}],"ports":[{"port":"web"}]}]}}
            """);

        await follower.UntilAsync(_ => follower.Pod(ns, "web") is { NetworkPolicies.Length: 1 }, "the policy selects the pod");

        var policy = follower.Mesh!.NetworkPolicies[new NamespacedName(ns, "p")];
        Assert.Null(policy.Egress);
        var group = Assert.IsType<NetworkPeer.Group>(Assert.Single(Assert.Single(policy.Ingress!.Value).Peers));
        Assert.Contains(group.Name, follower.Pod(ns, "client")!.NetworkGroups);
        Assert.Equal(new NamedPort("web", NetworkProtocol.Tcp, 8080), Assert.Single(follower.Pod(ns, "web")!.NamedPorts));
        await cluster.DeleteAsync("networking.k8s.io/v1", "NetworkPolicy", ns, "p");
        await follower.UntilAsync(_ => follower.Pod(ns, "web") is { NetworkPolicies.Length: 0 }, "the policy is gone");
    }

    [Fact]
    public async Task Membership_FollowsTheLabels()
    {
        await using var follower = new MeshFollower(cluster.Cluster);
        var ns = await cluster.NamespaceAsync(meshed: false);
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "plain", "10.40.0.3"));
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "never", "10.40.0.4", labels: """{"istio.io/dataplane-mode":"none"}"""));
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "host", "172.20.0.9", """{"hostNetwork":true,"containers":[{"name":"c","image":"i"}]}"""));
        await follower.UntilAsync(_ => follower.Pod(ns, "host") is not null && follower.Pod(ns, "plain") is { TunnelProtocol: TunnelProtocol.None }, "the pods are known, and not in the mesh");

        await cluster.LabelNamespaceAsync(ns, """{"istio.io/dataplane-mode":"ambient"}""");

        await follower.UntilAsync(_ => follower.Pod(ns, "plain") is { TunnelProtocol: TunnelProtocol.Hbone }, "the pod joins with its namespace");
        Assert.Equal(TunnelProtocol.None, follower.Pod(ns, "never")!.TunnelProtocol);
        Assert.Equal((TunnelProtocol.None, NetworkMode.HostNetwork), (follower.Pod(ns, "host")!.TunnelProtocol, follower.Pod(ns, "host")!.NetworkMode));
    }

    [Fact]
    public async Task ServicesWithoutPods_AreServedAsTheyAre()
    {
        await using var follower = new MeshFollower(cluster.Cluster);
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync($$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"headless","namespace":"{{{ns}}}"},"spec":{"clusterIP":"None","selector":{"app":"web"},"ports":[{"port":80,"protocol":"TCP"}]}}""");
        await cluster.ApplyAsync($$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"alias","namespace":"{{{ns}}}"},"spec":{"type":"ExternalName","externalName":"example.com"}}""");
        await cluster.ApplyAsync($$$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"manual","namespace":"{{{ns}}}"},"spec":{"ports":[{"name":"http","port":80,"targetPort":9000,"protocol":"TCP"}]}}""");
        foreach (var (name, manager) in new[] { ("by-hand", ""), ("by-controller", ",\"endpointslice.kubernetes.io/managed-by\":\"endpointslice-controller.k8s.io\"") })
        {
            await cluster.ApplyAsync($$$"""
                {"apiVersion":"discovery.k8s.io/v1beta1","kind":"EndpointSlice","addressType":"IPv4",
                 "metadata":{"name":"{{{name}}}","namespace":"{{{ns}}}","labels":{"kubernetes.io/service-name":"manual"{{{manager}}}}},
                 "ports":[{"name":"http","port":9000,"protocol":"TCP"}],
                 "endpoints":[{"addresses":["192.0.2.{{{name.Length}}}"],"conditions":{"ready":true},"topology":{"topology.kubernetes.io/zone":"z9","kubernetes.io/hostname":"elsewhere"} }]}
                """);
        }

        await follower.UntilAsync(m => m.Workloads.Values.Any(w => w.Namespace == ns && w.Services.Length == 1), "the slice's endpoint is bound");

        var endpoint = Assert.Single(follower.Mesh!.Workloads.Values, w => w.Namespace == ns);
        Assert.Equal(("192.0.2.7", "elsewhere", "z9", TunnelProtocol.None), (endpoint.Addresses[0].ToString(), endpoint.Node, endpoint.Locality.Zone, endpoint.TunnelProtocol));
        Assert.Equal(new ServicePort(80, 9000), Assert.Single(endpoint.Services[0].Ports));
        Assert.Empty(follower.Service(ns, "headless")!.Addresses);
        Assert.Null(follower.Service(ns, "alias"));
    }

    [Fact]
    public async Task WriteThatChangesNothingThatIsRead_MakesNoSnapshot()
    {
        await using var follower = new MeshFollower(cluster.Cluster);
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "a", "10.40.0.5"));
        await follower.UntilAsync(_ => follower.Pod(ns, "a") is not null, "the pod is known");
        var before = follower.Mesh!;
        var snapshots = follower.Snapshots;
        var pods = cluster.Admin.Resources(Kubernetes.KubernetesKinds.Pods).InNamespace(ns);
        await pods.PatchStatusAsync(Kubernetes.Models.V1Patch.Merge("""{"status":{"message":"a kubelet's word"}}"""), "a");
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "b", "10.40.0.6"));

        await follower.UntilAsync(_ => follower.Pod(ns, "b") is not null, "the next pod is known");

        Assert.Same(before.Workloads[$"Kubernetes//Pod/{ns}/a"], follower.Pod(ns, "a"));
        Assert.InRange(follower.Snapshots - snapshots, 1, 3);
    }

    [Fact]
    public async Task PolicyKind_IsPickedUpWhenItsDefinitionComes_AndDroppedWithIt()
    {
        await using var follower = new MeshFollower(cluster.Cluster);
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "a", "10.40.0.7"));
        await follower.UntilAsync(_ => follower.Pod(ns, "a") is not null, "the pod is known");

        await cluster.DefineAsync("security.istio.io", "v1beta1", "AuthorizationPolicy", "authorizationpolicies");
        await cluster.ApplyAsync(Policy(ns, "DENY"));
        await follower.UntilAsync(_ => Action(follower, ns) == PolicyAction.Deny, "the policy is in the model");

        // What is broken keeps its last good version.
        await cluster.ApplyAsync(Policy(ns, "PERHAPS"));
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "b", "10.40.0.8"));
        await follower.UntilAsync(_ => follower.Pod(ns, "b") is not null, "a later change is in the model");
        Assert.Equal(PolicyAction.Deny, Action(follower, ns));

        await cluster.ApplyAsync(Policy(ns, "ALLOW"));
        await follower.UntilAsync(_ => Action(follower, ns) == PolicyAction.Allow, "the mended policy is in the model");
        await cluster.DeleteAsync("apiextensions.k8s.io/v1", "CustomResourceDefinition", null, "authorizationpolicies.security.istio.io");
        await follower.UntilAsync(_ => Action(follower, ns) is null, "the policy is gone with its kind");
    }

    [Fact]
    public async Task ApiServerRestarted_ModelStaysAndFollowsAgain()
    {
        await using var follower = new MeshFollower(cluster.Cluster);
        var ns = await cluster.NamespaceAsync();
        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "a", "10.40.0.9"));
        await follower.UntilAsync(_ => follower.Pod(ns, "a") is not null && follower.Source.Staleness == TimeSpan.Zero, "the pod is known");
        await cluster.Cluster.StopProcessAsync("kube-apiserver");
        try
        {
            await Eventually.TrueAsync(() => follower.Source.Staleness > TimeSpan.Zero, "the server is missed");
            Assert.NotNull(follower.Pod(ns, "a"));
        }
        finally
        {
            await cluster.Cluster.StartProcessAsync("kube-apiserver");
        }

        await cluster.ApplyAsync(ClusterFixture.Pod(ns, "b", "10.40.0.10"));
        await follower.UntilAsync(_ => follower.Pod(ns, "b") is not null, "changes are followed again");
        Assert.NotNull(follower.Pod(ns, "a"));
    }

    private static string Policy(string ns, string action) => $$$"""
        {"apiVersion":"security.istio.io/v1beta1","kind":"AuthorizationPolicy","metadata":{"name":"p","namespace":"{{{ns}}}"},
         "spec":{"action":"{{{action}}}","rules":[{"to":[{"operation":{"ports":["8080"]}}]}]}}
        """;

    private static PolicyAction? Action(MeshFollower follower, string ns) => follower.Mesh!.Policies.Values.SingleOrDefault(p => p.Namespace == ns)?.Action;
}
