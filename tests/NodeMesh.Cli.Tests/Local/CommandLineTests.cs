namespace NodeMesh.Cli.Tests.Local;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("local up --nodes x", "--nodes 'x': must be a whole number from 1 to 50")]
    [InlineData("local up --nodes 51", "--nodes '51': must be a whole number from 1 to 50")]
    [InlineData("local scale deploy/web --replicas -1", "--replicas '-1': must be a whole number of at least 0")]
    [InlineData("local logs web --tail ten", "--tail 'ten': must be a whole number of at least 0")]
    [InlineData("local delete pod web --grace-period soon", "--grace-period 'soon': must be a whole number of at least 0")]
    [InlineData("local status --name Mesh_0", "--name 'Mesh_0': use 1 to 20 lower-case letters, digits and dashes, beginning and ending with a letter or digit")]
    public void Parse_BadOption_SaysOptionValueAndRemedyInOneLine(string line, string error) =>
        Assert.Equal([error], NodeMeshCommand.Create().Parse(line.Split(' ')).Errors.Select(e => e.Message));

    [Theory]
    [InlineData("local status --name a")]
    [InlineData("local status --mesh a")]
    [InlineData("proxy-status --mesh a")]
    public void Parse_MeshOption_IsKnownToEveryCommand(string line) => Assert.Empty(NodeMeshCommand.Create().Parse(line.Split(' ')).Errors);
}
