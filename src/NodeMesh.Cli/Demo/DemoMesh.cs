using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using NodeMesh.Cli.Proxy;
using NodeMesh.Local.Layout;

namespace NodeMesh.Cli.Demo;

/// <summary>A mesh that the demo drives by the very commands that people type: each is a run of this program.</summary>
/// <param name="layout">The mesh's files.</param>
internal sealed class DemoMesh(MeshLayout layout)
{
    private const string CurlFormat = "%{http_code}|%{time_total}|%{local_ip}|%{local_port}|%{errormsg}";

    /// <summary>The mesh's files.</summary>
    public MeshLayout Layout => layout;

    /// <summary>Brings the mesh up.</summary>
    /// <param name="capture">How pods are captured.</param>
    /// <param name="files">The manifests.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DemoException">It does not come up.</exception>
    public Task UpAsync(string capture, IReadOnlyList<string> files, CancellationToken cancellationToken) =>
        RequireAsync(["local", "up", "--name", layout.Name.Value, "--nodes", "2", "--capture", capture, "--timeout", "90s", .. files.SelectMany(f => (string[])["-f", f])], cancellationToken);

    /// <summary>Removes the mesh.</summary>
    /// <exception cref="DemoException">Something of it stays.</exception>
    public Task DownAsync() => RequireAsync(["local", "down", "--name", layout.Name.Value], CancellationToken.None);

    /// <summary>Applies a manifest.</summary>
    /// <param name="file">The file.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DemoException">It is refused.</exception>
    public Task ApplyAsync(string file, CancellationToken cancellationToken) => RequireAsync(["local", "apply", "--name", layout.Name.Value, "-f", file], cancellationToken);

    /// <summary>The pods.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="DemoException">The mesh does not say.</exception>
    public async Task<IReadOnlyList<DemoPod>> PodsAsync(CancellationToken cancellationToken)
    {
        using var status = JsonDocument.Parse(await RequireAsync(["local", "status", "--name", layout.Name.Value, "-o", "json"], cancellationToken));
        return [.. status.RootElement.Items("pods").Select(p => new DemoPod(p.Text("namespace"), p.Text("name"), p.Text("node"), p.Text("address")))];
    }

    /// <summary>Calls an URL from inside a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="url">The URL.</param>
    /// <param name="marker">A text to send along; null for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<CallOutcome> CallAsync(DemoPod pod, string url, string? marker, CancellationToken cancellationToken)
    {
        string[] header = marker is null ? [] : ["-H", $"x-demo-marker: {marker}"];
        var (_, output, error) = await RunAsync(
            ["local", "exec", pod.Name, "-n", pod.Namespace, "--name", layout.Name.Value, "--", "curl", "-s", "-o", "/dev/null", "--max-time", "10", "-w", CurlFormat, .. header, url],
            cancellationToken);
        return Parse(output) ?? throw new DemoException($"curl did not run in pod {pod.Namespace}/{pod.Name}: {error.Trim()}{output.Trim()}");
    }

    /// <summary>Reads what curl was asked to print.</summary>
    /// <param name="output">Its output.</param>
    /// <returns>Null when it is something else.</returns>
    internal static CallOutcome? Parse(string output)
    {
        var fields = output.Split('|', 5);
        if (fields.Length < 5 || !int.TryParse(fields[0], CultureInfo.InvariantCulture, out var status) || !double.TryParse(fields[1], CultureInfo.InvariantCulture, out var seconds))
        {
            return null;
        }

        // curl prints no address and port 0 (or -1) when it never connected.
        var client = IPAddress.TryParse(fields[2], out var address) && ushort.TryParse(fields[3], CultureInfo.InvariantCulture, out var port) && port > 0
            ? new IPEndPoint(address, port).ToString()
            : null;
        var error = fields[4].Trim();
        return new CallOutcome(status, Math.Round(seconds * 1000, 1), client, error.Length > 0 ? error : null);
    }

    private static async Task<string> RequireAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        var (exitCode, output, error) = await RunAsync(arguments, cancellationToken);
        return exitCode == 0 ? output : throw new DemoException($"'nodemesh {string.Join(' ', arguments)}' ended with {exitCode}:\n{error.Trim()}");
    }

    private static async Task<(int ExitCode, string Output, string Error)> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        // Run as `dotnet nodemesh.dll`, this process's program is dotnet itself.
        var program = Environment.ProcessPath!;
        string[] self = Path.GetFileNameWithoutExtension(program) == "dotnet" ? [Environment.GetCommandLineArgs()[0]] : [];
        var start = new ProcessStartInfo(program, [.. self, .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var error = process.StandardError.ReadToEndAsync(cancellationToken);
            await process.WaitForExitAsync(cancellationToken);
            return (process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
