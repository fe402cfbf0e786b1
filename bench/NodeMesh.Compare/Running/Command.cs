using System.Diagnostics;

namespace NodeMesh.Compare.Running;

/// <summary>Programs that run to their end.</summary>
internal static class Command
{
    /// <summary>Runs a program and returns its standard output; anything but exit code 0 is an error that quotes standard error.</summary>
    public static async Task<string> RunAsync(IReadOnlyList<string> command, TimeSpan timeout, CancellationToken cancellation)
    {
        using var process = Start(command);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        try
        {
            process.StandardInput.Close();
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            var text = await output;
            return process.ExitCode == 0
                ? text
                : throw new CompareException($"{string.Join(' ', command)}: exit code {process.ExitCode}: {Tail(await error + text)}");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new CompareException($"{string.Join(' ', command)}: not done after {timeout.TotalSeconds:0} s");
        }
        finally
        {
            Kill(process);
        }
    }

    /// <summary>Starts a program with its three streams redirected.</summary>
    public static Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start) ?? throw new CompareException($"{command[0]} did not start");
    }

    /// <summary>Ends a process that may have ended already.</summary>
    public static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
        catch (InvalidOperationException)
        {
            // It ended between the question and the signal.
        }
    }

    private static string Tail(string text) => text.Length <= 1500 ? text.Trim() : text[^1500..].Trim();
}
