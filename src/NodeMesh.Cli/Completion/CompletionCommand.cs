using System.CommandLine;

namespace NodeMesh.Cli.Completion;

/// <summary><c>nodemesh completion SHELL</c>: a script that asks this program for what may come next, so that it never lags behind the commands.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        # Completion of nodemesh for bash: source <(nodemesh completion bash)
        _nodemesh_complete() {
            local word="${COMP_WORDS[COMP_CWORD]}" line="${COMP_LINE:0:COMP_POINT}" candidates
            candidates="$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)"
            local IFS=$'\n'
            COMPREPLY=($(compgen -W "$candidates" -- "$word"))
            # With no candidate, a file.
        }
        complete -o default -F _nodemesh_complete nodemesh
        """;

    private const string Zsh = """
        #compdef nodemesh
        # Completion of nodemesh for zsh: source <(nodemesh completion zsh), after compinit; or as _nodemesh in a directory of $fpath.
        _nodemesh() {
            local line="${words[1,CURRENT]}"
            local -a candidates
            candidates=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
            if [[ -n "${candidates[1]}" ]]; then
                compadd -Q -- "${candidates[@]}"
            else
                _files
            fi
        }
        if [ "$funcstack[1]" = "_nodemesh" ]; then
            _nodemesh "$@"
        else
            compdef _nodemesh nodemesh
        fi
        """;

    private const string Fish = """
        # Completion of nodemesh for fish: nodemesh completion fish | source
        function __nodemesh_complete
            set -l line (commandline --cut-at-cursor)
            set -l candidates (nodemesh "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null)
            if test (count $candidates) -gt 0
                printf '%s\n' $candidates
            else
                __fish_complete_path (commandline --current-token)
            end
        end
        complete -c nodemesh -f -a '(__nodemesh_complete)'
        """;

    private const string PowerShell = """
        # Completion of nodemesh for PowerShell: nodemesh completion powershell | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName nodemesh -ScriptBlock {
            param($wordToComplete, $commandAst, $cursorPosition)
            $line = $commandAst.ToString().PadRight($cursorPosition)
            nodemesh "[suggest:$cursorPosition]" $line 2>$null | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }
        """;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or powershell." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "powershell");
        var command = new Command("completion", "Prints a script that makes a shell complete this program's commands and options.") { shell };
        command.SetAction(async (result, _) =>
        {
            await result.InvocationConfiguration.Output.WriteLineAsync(result.GetRequiredValue(shell) switch
            {
                "bash" => Bash,
                "zsh" => Zsh,
                "fish" => Fish,
                _ => PowerShell,
            });
            return 0;
        });
        return command;
    }
}
