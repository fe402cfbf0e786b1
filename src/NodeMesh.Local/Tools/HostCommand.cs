using System.ComponentModel;
using System.Diagnostics;
using NodeMesh.Local.Layout;

namespace NodeMesh.Local.Tools;

/// <summary>Runs the machine's own tools (<c>ip</c>, <c>nft</c>, <c>sh</c>) and waits for them.</summary>
internal static class HostCommand
{
    /// <summary>Runs a tool to its end.</summary>
    /// <param name="file">The tool, found on the path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">Its standard input; null for none.</param>
    /// <param name="cancellationToken">Kills the tool.</param>
    /// <returns>Its exit code and streams.</returns>
    /// <exception cref="HostCommandException">The tool cannot be started.</exception>
    public static async Task<CommandResult> RunAsync(string file, IReadOnlyList<string> arguments, string? input, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Start(start);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await WriteInputAsync(process, input, cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return new CommandResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }

            throw;
        }
    }

    /// <summary>Runs a shell script that stops at its first error.</summary>
    /// <param name="what">What the script does, for the error.</param>
    /// <param name="networkNamespace">The name of the network namespace that it runs in; null for the machine's own.</param>
    /// <param name="script">The script.</param>
    /// <param name="cancellationToken">Kills the script.</param>
    /// <exception cref="HostCommandException">A command of it failed.</exception>
    public static async Task ScriptAsync(string what, string? networkNamespace, string script, CancellationToken cancellationToken)
    {
        var result = networkNamespace is null
            ? await RunAsync("/bin/sh", ["-e", "-s"], script, cancellationToken)
            : await RunAsync("nsenter", [$"--net={MeshLayout.NamespacePath(networkNamespace)}", "--", "/bin/sh", "-e", "-s"], script, cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new HostCommandException($"cannot {what}: {result.Error.Trim()} (exit code {result.ExitCode})");
        }
    }

    /// <summary>Quotes a word for a POSIX shell.</summary>
    /// <param name="word">The word.</param>
    public static string Quote(string word) => $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new HostCommandException($"cannot run {start.FileName}: {e.Message}", e);
        }
    }

    private static async Task WriteInputAsync(Process process, string? input, CancellationToken cancellationToken)
    {
        try
        {
            await process.StandardInput.WriteAsync((input ?? "").AsMemory(), cancellationToken);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The tool ended before it read all of its input; its exit code says why.
        }
    }
}
