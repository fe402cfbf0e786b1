using NodeMesh.Model.Balancing;

namespace NodeMesh.Model.Tests.Balancing;

/// <summary>Envoy's documented tables of priority load.</summary>
public sealed class PriorityLoadTests
{
    [Theory]
    [InlineData(new[] { 100 }, new[] { 100 }, new[] { 100 })]
    [InlineData(new[] { 72, 72 }, new[] { 100, 100 }, new[] { 100, 0 })]
    [InlineData(new[] { 71, 71 }, new[] { 100, 100 }, new[] { 99, 1 })]
    [InlineData(new[] { 50, 50 }, new[] { 100, 100 }, new[] { 70, 30 })]
    [InlineData(new[] { 50, 20, 100 }, new[] { 100, 100, 100 }, new[] { 70, 28, 2 })]
    [InlineData(new[] { 25, 25 }, new[] { 100, 100 }, new[] { 50, 50 })]
    [InlineData(new[] { 0, 3 }, new[] { 3, 3 }, new[] { 0, 100 })]
    [InlineData(new[] { 0, 0 }, new[] { 2, 1 }, new[] { 0, 0 })]
    [InlineData(new[] { 0, 1 }, new[] { 0, 1 }, new[] { 0, 100 })]
    public void Compute_OfHealth_DividesAsEnvoy(int[] usable, int[] total, int[] expected)
    {
        var percents = new int[usable.Length];
        PriorityLoad.Compute(usable, total, percents);
        Assert.Equal(expected, percents);
    }

    [Theory]
    [InlineData(new[] { 80, 20 }, new[] { 2, 2 }, new[] { 2, 2 }, new[] { 80, 20 })]
    [InlineData(new[] { 80, 20 }, new[] { 0, 2 }, new[] { 2, 2 }, new[] { 0, 100 })]
    [InlineData(new[] { 50, 50 }, new[] { 5, 10 }, new[] { 10, 10 }, new[] { 41, 59 })]
    [InlineData(new[] { 33, 33, 34 }, new[] { 1, 1, 1 }, new[] { 1, 1, 1 }, new[] { 33, 33, 34 })]
    [InlineData(new[] { 80, 20 }, new[] { 0, 0 }, new[] { 0, 0 }, new[] { 0, 0 })]
    public void Share_OfHealth_GivesWhatFailsToTheOthers(int[] shares, int[] usable, int[] total, int[] expected)
    {
        var percents = new int[usable.Length];
        PriorityLoad.Share(shares, usable, total, percents);
        Assert.Equal(expected, percents);
    }
}
