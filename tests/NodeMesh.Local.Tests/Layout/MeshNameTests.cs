using NodeMesh.Local.Layout;

namespace NodeMesh.Local.Tests.Layout;

public sealed class MeshNameTests
{
    [Theory]
    [InlineData("mesh0", true)]
    [InlineData("a", true)]
    [InlineData("a-b", true)]
    [InlineData("abcdefghij0123456789", true)]
    [InlineData("abcdefghij01234567890", false)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("a-", false)]
    [InlineData("A", false)]
    [InlineData("a/b", false)]
    [InlineData("a\n", false)]
    [InlineData("..", false)]
    public void TryParse_Text_FollowsTheGrammar(string text, bool expected) => Assert.Equal(expected, MeshName.TryParse(text, out _));

    [Theory]
    [InlineData("a", "nm-a-net", true)]
    [InlineData("a", "nm-a-node-12", true)]
    [InlineData("a", "nm-a-pod-0123abcd", true)]
    [InlineData("a", "nm-a-net-net", false)]
    [InlineData("a-net", "nm-a-net", false)]
    [InlineData("a", "nm-a-node-1-node-1", false)]
    [InlineData("a", "nm-a-b-net", false)]
    [InlineData("a", "other", false)]
    public void Owns_NetworkNamespace_NotThoseOfMeshesThatBeginAlike(string mesh, string networkNamespace, bool expected) =>
        Assert.Equal(expected, MeshName.Parse(mesh).Owns(networkNamespace));
}
