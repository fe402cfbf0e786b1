namespace NodeMesh.Local.Pods;

/// <summary>How long to wait before a crashed program starts again: 1 s, doubled each time up to a limit, and forgotten after a good run.</summary>
/// <param name="limit">The longest wait.</param>
internal sealed class RestartBackOff(TimeSpan limit)
{
    /// <summary>A run this long was a good one (as a kubelet's: ten minutes are too long for a local mesh).</summary>
    public static readonly TimeSpan GoodRun = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    private TimeSpan _next = First;

    /// <summary>The wait after a run.</summary>
    /// <param name="run">How long the run was.</param>
    public TimeSpan Next(TimeSpan run)
    {
        var wait = run >= GoodRun ? First : _next;
        _next = wait + wait < limit ? wait + wait : limit;
        return wait;
    }
}
