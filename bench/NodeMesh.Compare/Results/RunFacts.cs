using System.Globalization;
using System.Runtime.InteropServices;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Results;

/// <summary>Where and with what a run was made.</summary>
/// <param name="Machine">Facts of the machine.</param>
/// <param name="Versions">Versions of what was measured and of what measured it.</param>
internal sealed record RunFacts(IReadOnlyDictionary<string, string> Machine, IReadOnlyDictionary<string, string> Versions)
{
    public static async Task<RunFacts> CollectAsync(string nodemesh, CancellationToken cancellation)
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal));
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        var machine = new Dictionary<string, string>
        {
            ["processor"] = processor?[(processor.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "unknown",
            ["cores"] = Environment.ProcessorCount.ToString(CultureInfo.InvariantCulture),
            ["memory_gib"] = memory.ToString("0.0", CultureInfo.InvariantCulture),
            ["kernel"] = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
            ["architecture"] = RuntimeInformation.OSArchitecture.ToString(),
            ["load_average"] = File.ReadAllText("/proc/loadavg").Trim(),
        };
        var versions = new Dictionary<string, string>
        {
            ["nodemesh"] = nodemesh,
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["haproxy"] = await FirstLineAsync("haproxy", "-v"),
            ["nginx"] = await FirstLineAsync("sh", "-c", "nginx -v 2>&1"),
            ["wrk"] = await FirstLineAsync("sh", "-c", "wrk -v 2>&1 || true"),
            ["iperf3"] = await FirstLineAsync("iperf3", "-v"),
            ["openssl"] = await FirstLineAsync("openssl", "version"),
        };
        return new RunFacts(machine, versions);

        async Task<string> FirstLineAsync(params string[] command) =>
            (await Command.RunAsync(command, TimeSpan.FromSeconds(10), cancellation)).Split('\n')[0];
    }
}
