using NodeMesh.Linux.Tools;
using NodeMesh.Local.Layout;

namespace NodeMesh.Local.Tools;

/// <summary>Runs shell scripts of the machine's own tools (<c>ip</c>, <c>nft</c>).</summary>
internal static class HostCommand
{
    /// <summary>Runs a shell script that stops at its first error.</summary>
    /// <param name="what">What the script does, for the error.</param>
    /// <param name="networkNamespace">The name of the network namespace that it runs in; null for the machine's own.</param>
    /// <param name="script">The script.</param>
    /// <param name="cancellationToken">Kills the script.</param>
    /// <exception cref="ToolException">A command of it failed.</exception>
    public static async Task ScriptAsync(string what, string? networkNamespace, string script, CancellationToken cancellationToken)
    {
        var result = networkNamespace is null
            ? await LinuxTool.RunAsync(null, "/bin/sh", ["-e", "-s"], script, cancellationToken)
            : await LinuxTool.RunAsync(null, "nsenter", [$"--net={MeshLayout.NamespacePath(networkNamespace)}", "--", "/bin/sh", "-e", "-s"], script, cancellationToken);
        if (!result.Succeeded)
        {
            throw new ToolException($"cannot {what}: {result.Error.Trim()} (exit code {result.ExitCode})");
        }
    }

    /// <summary>Quotes a word for a POSIX shell.</summary>
    /// <param name="word">The word.</param>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
