using System.Diagnostics;

namespace NodeMesh.Testing;

/// <summary>How a command of a test ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record TestCommand(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a command to its end.</summary>
    /// <param name="file">The program.</param>
    /// <param name="args">Its arguments.</param>
    /// <param name="stdin">Its standard input.</param>
    /// <returns>How it ended.</returns>
    public static async Task<TestCommand> RunAsync(string file, IEnumerable<string> args, string? stdin = null)
    {
        using var process = Start(file, args);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (stdin is not null)
        {
            await process.StandardInput.WriteAsync(stdin);
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return new TestCommand(process.ExitCode, await output, await error);
    }

    /// <summary>Runs a command that has to succeed.</summary>
    /// <param name="file">The program.</param>
    /// <param name="args">Its arguments.</param>
    /// <returns>Its standard output.</returns>
    public static async Task<string> RequireAsync(string file, IEnumerable<string> args)
    {
        var list = args.ToArray();
        var result = await RunAsync(file, list);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{file} {string.Join(' ', list)} ended with {result.ExitCode}: {result.Error}{result.Output}");
    }

    /// <summary>Starts a command with its streams redirected.</summary>
    internal static Process Start(string file, IEnumerable<string> args)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var argument in args)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
    }
}
