using System.Diagnostics;

namespace NodeMesh.EndToEnd;

/// <summary>Runs programs as a user would, each within a time limit.</summary>
internal static class Command
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromMinutes(3);

    /// <summary>The root of the checkout.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>A file in <c>bin/</c>, which <c>make build</c> fills.</summary>
    public static string Bin(string name) => Path.Combine(Root, "bin", name);

    public static async Task<CommandResult> RunAsync(string file, IReadOnlyList<string> arguments, TimeSpan? timeout = null)
    {
        using var process = Start(file, arguments);
        using var limit = new CancellationTokenSource(timeout ?? DefaultTimeout);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var command = $"{Path.GetFileName(file)} {string.Join(' ', arguments)}";
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new CommandResult(command, process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"`{command}` did not end in {timeout ?? DefaultTimeout}");
        }
    }

    /// <summary>Starts a program that a test stops itself.</summary>
    public static Process Start(string file, IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo(file) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        var process = Process.Start(start) ?? throw new InvalidOperationException($"{file} did not start");
        process.StandardInput.Close();
        return process;
    }

    private static string FindRoot()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "NodeMesh.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new InvalidOperationException("NodeMesh.sln is above no folder of the test's binaries");
    }
}
