using NodeMesh.Capture;

namespace NodeMesh.Proxy.Pods;

/// <content>Rules that somebody else has flushed.</content>
internal sealed partial class PodSupervisor
{
    /// <summary>Each look is a process per address family; a hundred pods make for seven a second.</summary>
    private static readonly TimeSpan GuardPeriod = TimeSpan.FromSeconds(30);

    /// <summary>Looks now and then whether a pod's capture is still in place, until it leaves or is closed.</summary>
    private async Task GuardAsync(PodRuntime pod, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await Task.Delay(GuardPeriod, _time, stop);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                // Not to be cut short: half of the rules is worse than either.
                if (pod.Captured is { } captured && await _capture.RepairAsync(captured, CancellationToken.None))
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
}
