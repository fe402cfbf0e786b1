using System.CommandLine;

namespace NodeMesh.Cli.Tests.Completion;

/// <summary>What holds of every command: that is what people and shells see.</summary>
public sealed class CommandTreeTests
{
    public static TheoryData<string> Commands { get; } = [.. All(NodeMeshCommand.Create(), "").Select(c => c.Path)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Command_SaysWhatItDoes_AndSoDoItsOptions(string path)
    {
        var command = All(NodeMeshCommand.Create(), "").Single(c => c.Path == path).Command;
        Assert.EndsWith(".", command.Description, StringComparison.Ordinal);
        Assert.All(command.Options.Where(o => !o.Hidden), o => Assert.False(string.IsNullOrEmpty(o.Description), $"{path} {o.Name}"));
        Assert.All(command.Arguments, a => Assert.False(string.IsNullOrEmpty(a.Description), $"{path} {a.Name}"));
        var names = command.Options.SelectMany(o => o.Aliases.Prepend(o.Name)).ToList();
        Assert.Equal(names.Distinct(), names);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("proxy-status")]
    [InlineData("proxy-config workload")]
    [InlineData("proxy-config all")]
    [InlineData("describe pod")]
    [InlineData("describe service")]
    [InlineData("describe route")]
    [InlineData("describe policy")]
    [InlineData("logs-level")]
    public void Command_ThatShowsSomething_PrintsItForProgramsToo(string path)
    {
        var command = All(NodeMeshCommand.Create(), "").Single(c => c.Path == path).Command;
        var output = command.Options.Single(o => o.Aliases.Contains("-o"));
        foreach (var format in new[] { "table", "wide", "json", "yaml" })
        {
            Assert.Contains(format, output.GetCompletions(System.CommandLine.Completions.CompletionContext.Empty).Select(c => c.Label));
        }
    }

    private static IEnumerable<(string Path, Command Command)> All(Command command, string path) =>
        command.Subcommands.SelectMany(c => All(c, $"{path} {c.Name}".Trim()).Prepend(($"{path} {c.Name}".Trim(), c)));
}
