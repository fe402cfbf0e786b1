using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;

namespace NodeMesh.Linux.Processes;

/// <summary>
/// Gives back the memory that only the start needed. What a program reads and runs once (metadata, the compiler, configuration) is most of what it has touched by then;
/// more of that comes with its first pods and connections, so it is done again, ever more seldom. It costs some milliseconds each time.
/// </summary>
/// <param name="isReady">Whether the program has begun to work.</param>
/// <param name="time">The clock.</param>
public sealed class StartupTrim(Func<bool> isReady, TimeProvider time) : BackgroundService
{
    /// <summary>Libraries that were there for this long are loaded.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(200);

    private static readonly ImmutableArray<int> PauseSeconds = [1, 1, 1, 1, 2, 2, 2, 5, 5, 10, 30, 60];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var isCollected = false;
        foreach (var pause in PauseSeconds)
        {
            await Task.Delay(TimeSpan.FromSeconds(pause), time, stoppingToken);
            var settled = ResidentMemory.FileMappings();
            await Task.Delay(Settling, time, stoppingToken);
            if (!isCollected && isReady())
            {
                // Compacts and gives back all that it can. Once, as it may be long when there are many connections.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                isCollected = true;
            }

            ResidentMemory.TrimNativeHeap();
            _ = ResidentMemory.Release(settled);
        }
    }
}
