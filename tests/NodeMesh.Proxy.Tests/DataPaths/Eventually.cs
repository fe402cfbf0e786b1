namespace NodeMesh.Proxy.Tests.DataPaths;

/// <summary>Waits for what other threads do.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task TrueAsync(Func<bool> condition, string complaint)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (!condition())
        {
            Assert.False(limit.IsCancellationRequested, complaint);
            await Task.Delay(10);
        }
    }

    public static async Task<T> WithinAsync<T>(Task<T> task) => await task.WaitAsync(Limit);
}
