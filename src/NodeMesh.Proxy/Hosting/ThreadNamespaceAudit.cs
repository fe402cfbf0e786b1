using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeMesh.Linux.Namespaces;

namespace NodeMesh.Proxy.Hosting;

/// <summary>Looks now and then whether a thread of this process got stuck in a pod's network namespace, where it would act for a tenant.</summary>
/// <param name="broker">Knows the home namespace.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where it is told.</param>
internal sealed partial class ThreadNamespaceAudit(NetworkNamespaceBroker broker, TimeProvider time, ILogger<ThreadNamespaceAudit> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            var strays = broker.FindStrayThreads();
            if (strays.Count > 0)
            {
                LogStrays(strays);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "threads {Threads} of the proxy are in another network namespace than the proxy's own; restart the proxy and report this")]
    private partial void LogStrays(IReadOnlyList<int> threads);
}
