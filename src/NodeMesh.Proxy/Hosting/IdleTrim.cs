using Microsoft.Extensions.Hosting;
using NodeMesh.Linux.Processes;

namespace NodeMesh.Proxy.Hosting;

/// <summary>
/// Collects once after many connections were opened or closed, when the process has nothing to do. Most of what opening needs is garbage at once, some of it old
/// enough to wait for a full collection; and where nothing is allocated any more, as with connections that are held and idle, the runtime would never make one.
/// What of programs and libraries only the load needed is given back with it.
/// </summary>
/// <param name="changes">How many connections have been opened and closed so far.</param>
/// <param name="processorTime">What the process has used so far.</param>
/// <param name="prepare">Looks, one period before.</param>
/// <param name="collect">Collects; takes some milliseconds for each thousand connections, in which nothing else runs.</param>
/// <param name="time">The clock.</param>
internal sealed class IdleTrim(Func<long> changes, Func<TimeSpan> processorTime, Action prepare, Action collect, TimeProvider time) : BackgroundService
{
    /// <summary>Fewer connections that came or went leave too little to be worth a collection.</summary>
    internal const int Worthwhile = 1000;

    /// <summary>How often it looks.</summary>
    internal static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <summary>What a process that is idle uses in a period at most: 5 % of a processor.</summary>
    internal static readonly TimeSpan Idle = Period / 20;

    private TimeSpan _used = processorTime();
    private long _collectedAt = changes();
    private bool _isPrepared;

    /// <summary>Makes one for this process.</summary>
    /// <param name="changes">How many connections have been opened and closed so far.</param>
    /// <param name="time">The clock.</param>
    /// <returns>It compacts and gives back all that it can.</returns>
    public static IdleTrim OfThisProcess(Func<long> changes, TimeProvider time)
    {
        // A period is long enough: what is still being loaded keeps a processor busy.
        IReadOnlySet<FileMapping> settled = new HashSet<FileMapping>();
        return new IdleTrim(
            changes,
            static () => Environment.CpuUsage.TotalTime,
            () => settled = ResidentMemory.FileMappings(),
            () =>
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                ResidentMemory.TrimNativeHeap();
                _ = ResidentMemory.Release(settled);
            },
            time);
    }

    /// <summary>Looks once.</summary>
    internal void Look()
    {
        var used = processorTime();
        var isIdle = used - _used <= Idle;
        _used = used;
        var count = changes();
        if (!isIdle || count - _collectedAt < Worthwhile)
        {
            _isPrepared = false;
        }
        else if (!_isPrepared)
        {
            _isPrepared = true;
            prepare();
            _used = processorTime();
        }
        else
        {
            _isPrepared = false;
            _collectedAt = count;
            collect();
            _used = processorTime();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            Look();
        }
    }
}
