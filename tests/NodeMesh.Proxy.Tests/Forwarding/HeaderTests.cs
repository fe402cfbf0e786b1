using NodeMesh.Model;
using NodeMesh.Proxy.Forwarding;

namespace NodeMesh.Proxy.Tests.Forwarding;

public sealed class HeaderTests
{
    private static readonly SpiffeId Identity = new("cluster.local", "shop", "web");

    [Fact]
    public void Baggage_OfAWorkload_ReadsBack()
    {
        var workload = new Workload
        {
            Uid = "u",
            Name = "web-1",
            Namespace = "shop",
            ServiceAccount = "web",
            WorkloadName = "web, the first=1",
            WorkloadType = WorkloadType.Deployment,
            ClusterId = "east",
            CanonicalName = "web",
            CanonicalRevision = "v2",
            Locality = new Locality("r1", "z1"),
        };
        var read = Baggage.Parse(Baggage.Format(workload), Identity);
        Assert.NotNull(read);
        Assert.Equal((workload.WorkloadName, workload.ClusterId, "web", "v2"), (read.WorkloadName, read.ClusterId, read.CanonicalName, read.CanonicalRevision));
        Assert.Equal((workload.WorkloadType, workload.Locality, Identity), (read.WorkloadType, read.Locality, read.Identity));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Baggage_ThatIsMissing_IsNobody(string? value) => Assert.Null(Baggage.Parse(value, Identity));

    [Fact]
    public void Baggage_ThatClaimsAnotherNamespace_IsNotBelieved() =>
        Assert.Equal("shop", Baggage.Parse("k8s.namespace.name=kube-system,k8s.pod.name=x", Identity)?.Namespace);

    [Fact]
    public void Baggage_OfGarbage_DoesNotThrow() => Assert.NotNull(Baggage.Parse("=,,;=%%%,k8s.pod.name=%zz,a", Identity));

    [Fact]
    public void TraceParent_OfATraceId_ReadsBack()
    {
        var id = TraceParent.NewTraceId();
        Assert.Equal(id, TraceParent.Parse(TraceParent.Format(id)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00-abc-0000000000000001-00")]
    [InlineData("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")]
    [InlineData("00-zaf7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00")]
    public void TraceParent_ThatIsMalformed_IsNone(string? value) => Assert.Null(TraceParent.Parse(value));
}
