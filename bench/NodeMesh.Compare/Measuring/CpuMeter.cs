using System.Globalization;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Measuring;

/// <summary>
/// Whole-machine CPU accounting: kernel threads and soft interrupts work for a connection without any process being charged for it,
/// so the busy time of <c>/proc/stat</c> is taken, less what processes outside of the run used.
/// </summary>
internal sealed class CpuMeter
{
    private readonly IReadOnlyCollection<int> _proxy;
    private readonly Func<int, bool> _belongsToRun;
    private readonly long _machine;
    private readonly long _foreign;
    private readonly long _proxyTicks;

    private CpuMeter(IReadOnlyCollection<int> proxy, Func<int, bool> belongsToRun)
    {
        _proxy = proxy;
        _belongsToRun = belongsToRun;
        (_foreign, _proxyTicks) = Processes();
        _machine = MachineTicks(File.ReadLines("/proc/stat").First());
    }

    public static CpuMeter Start(IReadOnlyCollection<int> proxy, Func<int, bool> belongsToRun) => new(proxy, belongsToRun);

    public CpuUse Stop()
    {
        var machine = MachineTicks(File.ReadLines("/proc/stat").First()) - _machine;
        var (foreign, proxy) = Processes();
        return new CpuUse(
            Math.Max(0, machine - (foreign - _foreign)) / ProcessTable.TicksPerSecond,
            (foreign - _foreign) / ProcessTable.TicksPerSecond,
            (proxy - _proxyTicks) / ProcessTable.TicksPerSecond);
    }

    /// <summary>Busy ticks of the line "cpu": user, nice, system, irq, softirq; neither idle, iowait nor what a hypervisor stole.</summary>
    internal static long MachineTicks(string line)
    {
        var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Field(1) + Field(2) + Field(3) + Field(6) + Field(7);

        long Field(int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
    }

    /// <summary>
    /// Own and reaped time are summed together: when a child ends its time moves to its parent, so the sum over all processes
    /// misses none of the short ones in between.
    /// </summary>
    private (long Foreign, long Proxy) Processes()
    {
        long foreign = 0;
        long proxy = 0;
        foreach (var process in ProcessTable.Read())
        {
            if (_proxy.Contains(process.Id))
            {
                proxy += process.OwnTicks;
            }

            // Kernel threads (2 and its children) work for whoever sends packets: they stay with the run.
            if (process.Id != 2 && process.Parent != 2 && !_belongsToRun(process.Id))
            {
                foreign += process.OwnTicks + process.ReapedTicks;
            }
        }

        return (foreign, proxy);
    }
}
