using System.Collections.Immutable;
using NodeMesh.Local.Mesh;

namespace NodeMesh.Local.Tests.Mesh;

public sealed class MeshMembershipTests
{
    [Theory]
    [InlineData("", "", false)]
    [InlineData("", "istio.io/dataplane-mode=ambient", true)]
    [InlineData("", "nodemesh.io/mesh=enabled", true)]
    [InlineData("istio.io/dataplane-mode=ambient", "", true)]
    [InlineData("nodemesh.io/mesh=enabled", "istio.io/dataplane-mode=none", true)]
    [InlineData("istio.io/dataplane-mode=none", "istio.io/dataplane-mode=ambient", false)]
    [InlineData("nodemesh.io/mesh=disabled", "nodemesh.io/mesh=enabled", false)]
    [InlineData("nodemesh.io/mesh=disabled,istio.io/dataplane-mode=ambient", "", false)]
    [InlineData("istio.io/dataplane-mode=sidecar", "nodemesh.io/mesh=enabled", true)]
    public void IsMember_Labels_PodDecidesBeforeNamespace(string pod, string ns, bool expected) =>
        Assert.Equal(expected, MeshMembership.IsMember(Labels(pod), Labels(ns), hostNetwork: false));

    [Fact]
    public void IsMember_PodWithoutANetworkOfItsOwn_IsNone() =>
        Assert.False(MeshMembership.IsMember(Labels("nodemesh.io/mesh=enabled"), Labels(""), hostNetwork: true));

    private static ImmutableDictionary<string, string> Labels(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('=')).ToImmutableDictionary(l => l[0], l => l[1]);
}
