namespace NodeMesh.Kubernetes.Tests.Fixtures;

/// <summary>Waits for what comes about by itself.</summary>
internal static class Eventually
{
    /// <summary>Long: only a failure waits for it, and a machine that others load takes its time to start a pod.</summary>
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(4);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>For what waits without asking: it ends when nothing comes.</summary>
    public static CancellationToken Limit => new CancellationTokenSource(Deadline).Token;

    public static Task TrueAsync(Func<bool> condition, string what) => TrueAsync(() => Task.FromResult(condition()), what);

    public static async Task TrueAsync(Func<Task<bool>> condition, string what)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!await condition())
        {
            Assert.False(deadline.IsCancellationRequested, $"within {Deadline.TotalSeconds} s it did not come about that {what}");
            await Task.Delay(Pause);
        }
    }
}
