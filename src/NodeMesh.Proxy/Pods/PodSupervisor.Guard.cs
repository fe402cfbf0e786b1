using NodeMesh.Capture;

namespace NodeMesh.Proxy.Pods;

/// <content>Rules that somebody else has flushed.</content>
internal sealed partial class PodSupervisor
{
    /// <summary>Each look is a process per address family; a hundred pods make for seven a second.</summary>
    private static readonly TimeSpan GuardPeriod = TimeSpan.FromSeconds(30);

    /// <summary>After a look: who changes rules all the time is not to keep a processor busy.</summary>
    private static readonly TimeSpan GuardPause = TimeSpan.FromMilliseconds(250);

    /// <summary>Looks whether a pod's capture is still in place, at once when something has changed and else now and then, until it leaves or is closed.</summary>
    private async Task GuardAsync(PodRuntime pod, CancellationToken stop)
    {
        while (pod.Captured is { } captured)
        {
            try
            {
                await UntilLookAsync(captured, stop);
                await RepairAsync(pod, captured);
                await Task.Delay(GuardPause, _time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task UntilLookAsync(ICapturedPod captured, CancellationToken stop)
    {
        using var looking = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var period = Task.Delay(GuardPeriod, _time, looking.Token);
        var change = captured.ChangedAsync(looking.Token);
        await Task.WhenAny(period, change);
        await looking.CancelAsync();
        await Task.WhenAll(period, change).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        stop.ThrowIfCancellationRequested();
    }

    private async Task RepairAsync(PodRuntime pod, ICapturedPod captured)
    {
        try
        {
            // Not to be cut short: half of the rules is worse than either.
            if (await _capture.RepairAsync(captured, CancellationToken.None))
            {
                LogRepaired(pod.Pod.Namespace, pod.Pod.Name);
            }
        }
        catch (CaptureException e)
        {
            LogNotRepaired(e.Message);
        }
    }
}
