using NodeMesh.Model.Balancing;

namespace NodeMesh.Model.Tests.Balancing;

public sealed class WeightedScheduleTests
{
    [Theory]
    [InlineData(new long[] { 1, 1, 1 }, new[] { 0, 1, 2 })]
    [InlineData(new long[] { 7, 7 }, new[] { 0, 1 })]
    [InlineData(new long[] { 2, 1 }, new[] { 0, 0, 1 })]
    [InlineData(new long[] { 100, 300 }, new[] { 1, 1, 0, 1 })]
    public void Create_OfWeights_VisitsEachAsOftenAsItsWeightSays(long[] weights, int[] expected) =>
        Assert.Equal(expected, WeightedSchedule.Create(weights));

    [Fact]
    public void Create_OfHugeWeights_StaysShortAndLeavesNobodyOut()
    {
        var schedule = WeightedSchedule.Create([1_000_003, 1, 500_009]);
        Assert.InRange(schedule.Length, 3, 4100);
        Assert.Equal([0, 1, 2], schedule.Distinct().Order());
        Assert.InRange(schedule.Count(i => i == 0) / (double)schedule.Count(i => i == 2), 1.9, 2.1);
    }
}
