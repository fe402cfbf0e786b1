using System.Globalization;

namespace NodeMesh.Metrics.Tests;

public sealed class ProcessMetricsTests
{
    [Fact]
    public void Process_AsScraped_DescribesThisProcess()
    {
        using var registry = new MetricRegistry(new MetricRegistryOptions { MeterPrefixes = ["NodeMesh.Process"] }, TimeProvider.System);
        using var process = new ProcessMetrics();
        var samples = Scrape.Text(registry).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(l => l[0] != '#')
            .ToDictionary(l => l[..l.LastIndexOf(' ')], l => double.Parse(l[(l.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));
        Assert.InRange(samples["process_open_fds"], 3, samples["process_max_fds"]);
        Assert.InRange(samples["process_resident_memory_bytes"], 1 << 20, samples["process_virtual_memory_bytes"]);
        Assert.True(samples["process_cpu_seconds_total"] > 0);
        Assert.True(samples["process_threads"] >= 1);
        var started = DateTimeOffset.FromUnixTimeMilliseconds((long)(samples["process_start_time_seconds"] * 1000));
        Assert.InRange(started, TimeProvider.System.GetUtcNow() - TimeSpan.FromHours(1), TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(2));
    }
}
