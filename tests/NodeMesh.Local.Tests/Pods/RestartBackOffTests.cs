using NodeMesh.Local.Pods;

namespace NodeMesh.Local.Tests.Pods;

public sealed class RestartBackOffTests
{
    [Fact]
    public void Next_CrashesInARow_DoublesUpToTheLimit()
    {
        var backOff = new RestartBackOff(TimeSpan.FromSeconds(10));

        Assert.Equal([1, 2, 4, 8, 10, 10], Enumerable.Range(0, 6).Select(_ => backOff.Next(TimeSpan.Zero).TotalSeconds));
    }

    [Fact]
    public void Next_AfterAGoodRun_BeginsAnew()
    {
        var backOff = new RestartBackOff(TimeSpan.FromSeconds(10));
        for (var i = 0; i < 4; i++)
        {
            backOff.Next(TimeSpan.Zero);
        }

        Assert.Equal([1, 2], new[] { RestartBackOff.GoodRun, TimeSpan.Zero }.Select(run => backOff.Next(run).TotalSeconds));
    }
}
