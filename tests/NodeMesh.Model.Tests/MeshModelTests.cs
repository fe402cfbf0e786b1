using System.Net;

namespace NodeMesh.Model.Tests;

public sealed class MeshModelTests
{
    [Fact]
    public void Apply_OfAChange_LeavesTheOldModelAsItWas()
    {
        var before = Sample.Model(Sample.Pod("a", "10.244.1.2"));
        var after = before.Apply(new ModelChange { Workloads = [Sample.Pod("b", "10.244.1.3")] });

        Assert.Null(before.FindWorkload(IPAddress.Parse("10.244.1.3")));
        Assert.Equal(1, before.WorkloadCount);
        Assert.Equal(2, after.WorkloadCount);
        Assert.True(after.Version > before.Version);
    }

    [Fact]
    public void Apply_OfNothing_ReturnsTheSameModel()
    {
        var model = Sample.Model(Sample.Pod("a", "10.244.1.2"));
        Assert.Same(model, model.Apply(new ModelChange()));
    }

    [Fact]
    public void Apply_OfAChangedWorkload_MovesItsAddressAndServices()
    {
        var old = Sample.Pod("a", "10.244.1.2").Behind(Sample.Web, new ServicePort(80, 8080));
        var model = Sample.Model(old, Sample.Service()).Apply(new ModelChange { Workloads = [Sample.Pod("a", "10.244.1.9")] });

        Assert.Null(model.FindWorkload(IPAddress.Parse("10.244.1.2")));
        Assert.Equal("a", model.FindWorkload(IPAddress.Parse("10.244.1.9"))?.Name);
        Assert.Empty(model.WorkloadsOf(Sample.Web));
    }

    [Fact]
    public void FindWorkload_OfAnAddressTakenOver_IsTheNewerAndSurvivesTheOldOnesRemoval()
    {
        var old = Sample.Pod("old", "10.244.1.2");
        var model = Sample.Model(old).Apply(new ModelChange { Workloads = [Sample.Pod("new", "10.244.1.2")] });
        Assert.Equal("new", model.FindWorkload(IPAddress.Parse("10.244.1.2"))?.Name);

        model = model.Apply(new ModelChange { RemovedWorkloads = [old.Uid] });
        Assert.Equal("new", model.FindWorkload(IPAddress.Parse("10.244.1.2"))?.Name);
    }

    [Fact]
    public void FindWorkload_OfAHostNetworkAddress_IsNobody()
    {
        var model = Sample.Model(Sample.Pod("a", "172.18.1.1") with { NetworkMode = NetworkMode.HostNetwork });
        Assert.Null(model.FindWorkload(IPAddress.Parse("172.18.1.1")));
    }

    [Fact]
    public void FindWorkload_OfAMappedAddress_IsThatOfThePlainOne()
    {
        var model = Sample.Model(Sample.Pod("a", "10.244.1.2"));
        Assert.Equal("a", model.FindWorkload(IPAddress.Parse("::ffff:10.244.1.2"))?.Name);
    }

    [Fact]
    public void FindPod_OfAnotherPodAtTheAddress_IsNull()
    {
        var model = Sample.Model(Sample.Pod("a", "10.244.1.2"));
        Assert.NotNull(model.FindPod(new NamespacedName("shop", "a"), IPAddress.Parse("10.244.1.2")));
        Assert.Null(model.FindPod(new NamespacedName("shop", "b"), IPAddress.Parse("10.244.1.2")));
    }

    [Fact]
    public void FindServices_AfterRemovalOfOneOfTwo_ReturnsTheOther()
    {
        var second = Sample.Service(ns: "other");
        var model = Sample.Model(Sample.Service(), second);
        Assert.Equal(["other", "shop"], model.FindServices(IPAddress.Parse("10.96.0.20")).Select(s => s.Namespace));

        model = model.Apply(new ModelChange { RemovedServices = [second.Key] });
        Assert.Equal(["shop"], model.FindServices(IPAddress.Parse("10.96.0.20")).Select(s => s.Namespace));
        Assert.Empty(model.FindServices(second.Hostname));
    }

    [Fact]
    public void Policies_WhenTheirScopeChanges_MoveBetweenTheIndexes()
    {
        var policy = Sample.Policy("p", PolicyAction.Deny, new PolicyMatch());
        var model = Sample.Model(policy);
        Assert.Single(model.NamespacePolicies("shop"));

        model = model.Apply(new ModelChange { Policies = [policy with { Scope = PolicyScope.Global }] });
        Assert.Empty(model.NamespacePolicies("shop"));
        Assert.Single(model.GlobalPolicies);

        model = model.Apply(new ModelChange { RemovedPolicies = [policy.Key] });
        Assert.Empty(model.GlobalPolicies);
        Assert.Null(model.FindPolicy(policy.Key));
    }

    [Fact]
    public void FindNode_ByAddress_FollowsChanges()
    {
        var model = Sample.Model(Sample.Node("node-1", "172.18.1.1"));
        Assert.Equal("node-1", model.FindNode(IPAddress.Parse("172.18.1.1"))?.Name);

        model = model.Apply(new ModelChange { Nodes = [Sample.Node("node-1", "172.18.1.7")] });
        Assert.Null(model.FindNode(IPAddress.Parse("172.18.1.1")));
        Assert.Equal("node-1", model.FindNode(IPAddress.Parse("172.18.1.7"))?.Name);

        model = model.Apply(new ModelChange { RemovedNodes = ["node-1"] });
        Assert.Null(model.FindNode("node-1"));
    }

    [Fact]
    public void Apply_ToALargeModel_DoesNotCopyIt()
    {
        var large = MeshModel.Empty.Apply(new ModelChange
        {
            Workloads = [.. Enumerable.Range(0, 20_000).Select(i => Sample.Pod($"p{i}", $"10.{i / 65536}.{i / 256 % 256}.{i % 256}"))],
        });
        var change = new ModelChange { Workloads = [Sample.Pod("p7", "10.99.0.1")] };
        large.Apply(change);

        var before = GC.GetAllocatedBytesForCurrentThread();
        large.Apply(change);

        // A copy of any index would be at least 20,000 references of 8 bytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
    }
}
