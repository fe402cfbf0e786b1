using NodeMesh.Model.Resilience;

namespace NodeMesh.Model.Tests.Resilience;

public sealed class SuccessRateRuleTests
{
    [Theory]
    [InlineData(1900, 83)]
    [InlineData(1000, 89)]
    [InlineData(0, 97)]
    public void Bound_OfOneThatFails_IsTheMeanLessStandardDeviations(int factor, double least)
    {
        // Mean 97.5, standard deviation 7.5 (of all, not of a sample).
        double[] rates = [100, 100, 100, 100, 100, 100, 100, 100, 100, 75];
        Assert.Equal(97.5 - (factor / 1000.0 * 7.5), SuccessRateRule.Bound(rates, factor), 6);
        Assert.True(SuccessRateRule.Bound(rates, factor) > least);
    }

    [Fact]
    public void Bound_OfEqualOnes_IsTheirShare()
    {
        Assert.Equal(40, SuccessRateRule.Bound([40, 40, 40], 1900), 6);
    }

    [Fact]
    public void Bound_OfNone_IsBelowAll()
    {
        Assert.Equal(0, SuccessRateRule.Bound([], 1900));
    }
}
