using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Tests.Proxy;

public sealed class LocalMeshTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("nmt-meshes-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void Find_WithoutAnyMesh_SaysHowToStartOne() =>
        Assert.Contains("no mesh is up", Assert.Throws<ProxyQueryException>(() => LocalMesh.Find(null, _root.FullName)).Message, StringComparison.Ordinal);

    [Fact]
    public void Find_WithoutANameAndOneMesh_IsThatMesh()
    {
        Up("shop", "node-10", "node-2", "node-1");
        var mesh = LocalMesh.Find(null, _root.FullName);
        Assert.Equal("shop", mesh.Name.Value);
        Assert.Equal(["node-1", "node-2", "node-10"], mesh.Nodes);
    }

    [Fact]
    public void Find_OfAMeshThatIsNotUp_NamesThoseThatAre()
    {
        Up("a", "node-1");
        Up("b", "node-1");
        Assert.Contains("mesh 'mesh0' is not up; up are a, b", Assert.Throws<ProxyQueryException>(() => LocalMesh.Find(null, _root.FullName)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../etc")]
    [InlineData("UPPER")]
    public void Find_OfABadName_SaysTheGrammar(string name) =>
        Assert.Contains("is not a mesh name", Assert.Throws<ProxyQueryException>(() => LocalMesh.Find(name, _root.FullName)).Message, StringComparison.Ordinal);

    [Fact]
    public void RequireNode_OfAnUnknownNode_ListsTheNodes()
    {
        Up("a", "node-1", "node-2");
        var e = Assert.Throws<ProxyQueryException>(() => LocalMesh.Find("a", _root.FullName).RequireNode("node-9"));
        Assert.Equal("mesh 'a' has no node 'node-9'; its nodes are node-1, node-2", e.Message);
    }

    private void Up(string mesh, params string[] nodes)
    {
        foreach (var node in nodes)
        {
            Directory.CreateDirectory(Path.Combine(_root.FullName, mesh, "nodes", node));
        }
    }
}
