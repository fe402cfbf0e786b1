using System.ComponentModel;
using System.Diagnostics;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Linux.Tools;

/// <summary>Runs command-line tools (<c>ip</c>, <c>iptables-restore</c>, …), on request inside a network namespace.</summary>
public static class LinuxTool
{
    /// <summary>Runs a tool to its end.</summary>
    /// <param name="ns">The namespace to run it in, by <c>nsenter</c>; null for the process's own.</param>
    /// <param name="file">The tool's name or path.</param>
    /// <param name="args">Its arguments, not interpreted by any shell.</param>
    /// <param name="stdin">What it reads on standard input; null for nothing.</param>
    /// <param name="ct">Kills it.</param>
    /// <returns>How it ended; a non-zero exit code is not an exception.</returns>
    /// <exception cref="ToolException">The tool could not be started.</exception>
    public static async Task<ToolResult> RunAsync(NetworkNamespace? ns, string file, IReadOnlyList<string> args, string? stdin, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        ArgumentNullException.ThrowIfNull(args);
        ct.ThrowIfCancellationRequested();
        using var process = Start(ns, file, args);

        // Disposing a process leaves open the streams that were asked for: their pipes would stay until a collection.
        using var outputReader = process.StandardOutput;
        using var errorReader = process.StandardError;
        try
        {
            var output = outputReader.ReadToEndAsync(ct);
            var error = errorReader.ReadToEndAsync(ct);
            await WriteInputAsync(process, stdin, ct);
            await process.WaitForExitAsync(ct);
            return new ToolResult(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs a tool that has to succeed.</summary>
    /// <param name="ns">The namespace to run it in; null for the process's own.</param>
    /// <param name="file">The tool's name or path.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="stdin">Its standard input; null for nothing.</param>
    /// <param name="ct">Kills it.</param>
    /// <returns>Its standard output.</returns>
    /// <exception cref="ToolException">It could not be started or did not end with 0; the message has the command and its words.</exception>
    public static async Task<string> RequireAsync(NetworkNamespace? ns, string file, IReadOnlyList<string> args, string? stdin, CancellationToken ct)
    {
        var result = await RunAsync(ns, file, args, stdin, ct);
        if (result.Succeeded)
        {
            return result.Output;
        }

        var place = ns is null ? string.Empty : $" in {ns.Path}";
        throw new ToolException($"'{file} {string.Join(' ', args)}'{place} ended with {result.ExitCode}: {result.Error.Trim()}");
    }

    private static Process Start(NetworkNamespace? ns, string file, IReadOnlyList<string> args)
    {
        var start = new ProcessStartInfo(ns is null ? file : "nsenter")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        if (ns is not null)
        {
            // Through our own descriptor: the name may belong to another pod by now.
            start.ArgumentList.Add($"--net={ns.HandlePath}");
            start.ArgumentList.Add("--");
            start.ArgumentList.Add(file);
        }

        foreach (var argument in args)
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            return Process.Start(start) ?? throw new ToolException($"{start.FileName} was not started");
        }
        catch (Win32Exception e)
        {
            throw new ToolException($"{start.FileName} cannot be run ({e.Message}); is its package installed?", e);
        }
    }

    private static async Task WriteInputAsync(Process process, string? stdin, CancellationToken ct)
    {
        try
        {
            if (stdin is not null)
            {
                await process.StandardInput.WriteAsync(stdin.AsMemory(), ct);
            }

            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it had read everything; its exit code and words say why.
        }
    }
}
