using NodeMesh.Testing;

namespace NodeMesh.Cli.Tests.Completion;

/// <summary>The script for bash in a real bash; it asks the real program.</summary>
public sealed class CompletionTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "nodemesh.dll");

    [Theory]
    [InlineData("nodemesh proxy-", "proxy-config", "proxy-status")]
    [InlineData("nodemesh describe ", "pod", "service", "route", "policy")]
    [InlineData("nodemesh install --pro", "--profile")]
    [InlineData("nodemesh version -o ya", "yaml")]
    [InlineData("nodemesh completion ", "bash", "zsh", "fish", "powershell")]
    public async Task Bash_CompletesFromTheCommandTree(string line, params string[] expected)
    {
        var script = $$"""
            set -e
            nodemesh() { dotnet '{{Program}}' "$@"; }
            source <(nodemesh completion bash)
            complete -p nodemesh >&2
            COMP_LINE='{{line}}'
            COMP_POINT=${#COMP_LINE}
            read -ra COMP_WORDS <<< "$COMP_LINE"
            case "$COMP_LINE" in *' ') COMP_WORDS+=('');; esac
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _nodemesh_complete
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var (exit, output, errors) = await TestCommand.RunAsync("bash", ["-c", script]);

        Assert.True(exit == 0, errors);
        Assert.Contains("_nodemesh_complete", errors, StringComparison.Ordinal);
        var offered = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(expected, e => Assert.Contains(e, offered));
        Assert.All(offered, o => Assert.StartsWith(line.EndsWith(' ') ? "" : line.Split(' ')[^1], o, StringComparison.Ordinal));
    }
}
