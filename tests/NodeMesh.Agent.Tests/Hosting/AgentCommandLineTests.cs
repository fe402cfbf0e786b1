using NodeMesh.Agent.Hosting;

namespace NodeMesh.Agent.Tests.Hosting;

public sealed class AgentCommandLineTests
{
    [Fact]
    public void Parse_NamesWhatIsWrong()
    {
        Assert.Contains("--node", Assert.Throws<AgentOptionsException>(() => AgentCommandLine.Parse([], _ => null)).Message, StringComparison.Ordinal);
        Assert.Contains("--capture-timeout", Assert.Throws<AgentOptionsException>(() => AgentCommandLine.Parse(["--node", "n", "--capture-timeout", "x"], _ => null)).Message, StringComparison.Ordinal);
        Assert.Contains("--nonsense", Assert.Throws<AgentOptionsException>(() => AgentCommandLine.Parse(["--nonsense", "1"], _ => null)).Message, StringComparison.Ordinal);
        var options = AgentCommandLine.Parse(["--in-cluster", "--cni-bin-directory", "/b"], name => name == "NODE_NAME" ? "n1" : null);
        Assert.Equal(("n1", "/b", "nodemesh-system"), (options.Node, options.CniBinDirectory, options.MeshNamespace));
    }
}
