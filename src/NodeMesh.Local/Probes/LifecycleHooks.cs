using NodeMesh.Local.Pods;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Local.Probes;

/// <summary>Runs <c>postStart</c> and <c>preStop</c> hooks.</summary>
/// <param name="prober">Runs commands in containers and sends requests to them.</param>
/// <param name="time">The clock.</param>
internal sealed class LifecycleHooks(NodeProber prober, TimeProvider time)
{
    /// <summary>Runs a hook to its end.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="container">The container.</param>
    /// <param name="hook">The hook.</param>
    /// <param name="cancellationToken">Its time is up.</param>
    /// <returns>Null when it went well.</returns>
    public async Task<string?> RunAsync(Pod pod, Container container, LifecycleHandler hook, CancellationToken cancellationToken)
    {
        if (hook.Sleep is { } sleep)
        {
            await Task.Delay(TimeSpan.FromSeconds(sleep.Seconds), time, cancellationToken);
            return null;
        }

        return await prober.ProbeAsync(pod, container, new Probe { Exec = hook.Exec, HttpGet = hook.HttpGet }, cancellationToken);
    }
}
