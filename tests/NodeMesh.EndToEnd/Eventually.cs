using System.Diagnostics;

namespace NodeMesh.EndToEnd;

/// <summary>Waits for a condition, with a deadline; the condition says what it saw.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<T> GetAsync<T>(Func<Task<T>> probe, Func<T, bool> holds, TimeSpan? within = null)
    {
        var deadline = within ?? TimeSpan.FromSeconds(60);
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var seen = await probe();
            if (holds(seen))
            {
                return seen;
            }

            Assert.True(clock.Elapsed < deadline, $"not true within {deadline}; last seen: {seen}");
            await Task.Delay(Pause);
        }
    }
}
