using NodeMesh.Local.Pods;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Probes;

/// <summary>Repeats one probe of one container and reports when its verdict turns, with Kubernetes' periods and thresholds.</summary>
/// <param name="prober">Probes once.</param>
/// <param name="time">The clock.</param>
internal sealed class ProbeLoop(IProber prober, TimeProvider time)
{
    // Until its first success a probe that waits for a start is repeated this often, whatever its period: a local mesh is up sooner for it.
    private static readonly TimeSpan Eager = TimeSpan.FromMilliseconds(250);

    /// <summary>Repeats the probe until it is cancelled, or until <paramref name="verdict"/> returns false.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="probe">The probe.</param>
    /// <param name="eager">True for probes that wait for a start (startup, readiness).</param>
    /// <param name="verdict">Called when thresholds are crossed: null for well, otherwise what is wrong. False ends the loop.</param>
    /// <param name="cancellationToken">Ends the loop.</param>
    public async Task RunAsync(Pod pod, Container container, Probe probe, bool eager, Func<string?, bool> verdict, CancellationToken cancellationToken)
    {
        var period = TimeSpan.FromSeconds(Math.Max(1, probe.PeriodSeconds ?? 10));
        var failureThreshold = Math.Max(1, probe.FailureThreshold ?? 3);
        var successThreshold = Math.Max(1, probe.SuccessThreshold ?? 1);
        await Task.Delay(TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0), time, cancellationToken);
        var began = time.GetTimestamp();
        var (successes, failures, passed) = (0, 0, false);
        while (true)
        {
            var problem = await OnceAsync(pod, container, probe, cancellationToken);
            (successes, failures) = problem is null ? (successes + 1, 0) : (0, failures + 1);
            var eagerNow = eager && !passed;

            // Eager repetitions are not more failures: what counts is the time that the thresholds allow.
            var failed = eagerNow ? time.GetElapsedTime(began) >= period * failureThreshold : failures >= failureThreshold;
            if (successes == successThreshold || (problem is not null && failed))
            {
                passed |= problem is null;
                if (!verdict(problem))
                {
                    return;
                }
            }

            await Task.Delay(eager && !passed && Eager < period ? Eager : period, time, cancellationToken);
        }
    }

    private async Task<string?> OnceAsync(Pod pod, Container container, Probe probe, CancellationToken cancellationToken)
    {
        var timeout = TimeSpan.FromSeconds(Math.Max(1, probe.TimeoutSeconds ?? 1));
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await prober.ProbeAsync(pod, container, probe, both.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {timeout.TotalSeconds:0} s";
        }
    }
}
