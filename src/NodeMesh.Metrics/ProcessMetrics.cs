using System.Diagnostics.Metrics;
using System.Globalization;

namespace NodeMesh.Metrics;

/// <summary>The <c>process_*</c> metrics that Prometheus clients customarily export, read from <c>/proc/self</c> (proc(5)).</summary>
public sealed class ProcessMetrics : IDisposable
{
    /// <summary>USER_HZ: the unit of times in <c>/proc</c>, 100 on every Linux architecture that .NET runs on.</summary>
    private const double TicksPerSecond = 100;

    private readonly Meter _meter = new("NodeMesh.Process");
    private readonly string _proc;
    private readonly double _startTime;

    /// <summary>Begins to report.</summary>
    /// <param name="proc">The process's directory below <c>/proc</c>.</param>
    public ProcessMetrics(string proc = "/proc/self")
    {
        _proc = proc;
        _startTime = BootTime() + (Stat(21) / TicksPerSecond);
        _meter.CreateObservableCounter("process_cpu_seconds_total", () => (Stat(13) + Stat(14)) / TicksPerSecond, description: "User and system CPU time, in seconds.");
        _meter.CreateObservableGauge("process_resident_memory_bytes", () => Stat(23) * Environment.SystemPageSize, description: "Resident memory, in bytes.");
        _meter.CreateObservableGauge("process_virtual_memory_bytes", () => Stat(22), description: "Virtual memory, in bytes.");
        _meter.CreateObservableGauge("process_threads", () => Stat(19), description: "Threads of the process.");
        _meter.CreateObservableGauge("process_start_time_seconds", () => _startTime, description: "When the process started, in seconds since 1970.");
        _meter.CreateObservableGauge("process_open_fds", OpenFiles, description: "Open file descriptors.");
        _meter.CreateObservableGauge("process_max_fds", MaxFiles, description: "File descriptors that the process may open.");
    }

    /// <summary>Stops reporting.</summary>
    public void Dispose() => _meter.Dispose();

    private static double BootTime()
    {
        var line = File.ReadLines("/proc/stat").First(l => l.StartsWith("btime ", StringComparison.Ordinal));
        return double.Parse(line.AsSpan("btime ".Length), CultureInfo.InvariantCulture);
    }

    /// <summary>Field of <c>stat</c>, counted from 0 as split by spaces; the command (field 1) may hold spaces, so fields are counted from its closing bracket.</summary>
    private double Stat(int field)
    {
        var text = File.ReadAllText(Path.Combine(_proc, "stat"));
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
        return double.Parse(fields[field - 2], CultureInfo.InvariantCulture);
    }

    private int OpenFiles() => Directory.EnumerateFileSystemEntries(Path.Combine(_proc, "fd")).Count();

    private double MaxFiles()
    {
        var line = File.ReadLines(Path.Combine(_proc, "limits")).First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        var soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return soft == "unlimited" ? double.PositiveInfinity : double.Parse(soft, CultureInfo.InvariantCulture);
    }
}
