using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace NodeMesh.Scale;

/// <summary>The control plane under test, as a process of its own.</summary>
internal sealed class ControlProcess : IAsyncDisposable
{
    public const int DiscoveryPort = 15912;
    private const int MetricsPort = 15914;

    // USER_HZ, 100 on every architecture that Linux has had for decades.
    private const double TicksPerSecond = 100;

    private readonly string _directory = Directory.CreateTempSubdirectory("nodemesh-scale-").FullName;
    private readonly Process _process;

    public ControlProcess(string program, string kubeconfig)
    {
        var configuration = Path.Combine(_directory, "control.json");
        File.WriteAllText(configuration, JsonSerializer.Serialize(new Dictionary<string, object>
        {
            ["kubernetes"] = new Dictionary<string, string> { ["kubeconfig"] = kubeconfig },
            ["caDirectory"] = Path.Combine(_directory, "ca"),
            ["listen"] = $"127.0.0.1:{DiscoveryPort.ToString(CultureInfo.InvariantCulture)}",
            ["metricsListen"] = $"127.0.0.1:{MetricsPort.ToString(CultureInfo.InvariantCulture)}",
            ["logLevel"] = "warn",
        }));
        var managed = program.EndsWith(".dll", StringComparison.Ordinal);
        _process = Process.Start(new ProcessStartInfo(managed ? "dotnet" : program, managed ? [program, "--config", configuration] : ["--config", configuration]))!;
    }

    /// <summary>The roots that it is trusted by, PEM.</summary>
    public Task<string> RootsAsync(CancellationToken ct) => File.ReadAllTextAsync(Path.Combine(_directory, "ca", "root-cert.pem"), ct);

    /// <summary>Waits until it serves.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        using var http = new HttpClient();
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{MetricsPort.ToString(CultureInfo.InvariantCulture)}/healthz"), ct);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                // Not listening yet.
            }

            await Task.Delay(50, ct);
        }
    }

    /// <summary>The processor time that it has used, and the memory that it has resident now.</summary>
    public (double CpuSeconds, double ResidentMiB) Usage()
    {
        var id = _process.Id.ToString(CultureInfo.InvariantCulture);

        // After the name, which is in parentheses and may hold blanks: utime and stime are fields 14 and 15 of proc(5).
        var fields = File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var ticks = double.Parse(fields[11], CultureInfo.InvariantCulture) + double.Parse(fields[12], CultureInfo.InvariantCulture);
        var resident = File.ReadLines($"/proc/{id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
        return (ticks / TicksPerSecond, double.Parse(resident, CultureInfo.InvariantCulture) / 1024);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }
}
