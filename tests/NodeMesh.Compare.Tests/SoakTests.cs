using NodeMesh.Compare.Running;
using NodeMesh.Compare.Soaking;

namespace NodeMesh.Compare.Tests;

public class SoakTests
{
    [Fact]
    public void Slope_OfPointsAroundALine_IsTheLines() =>
        Assert.Equal(1.9, Soak.Slope([(0, 10), (1, 13), (2, 13), (3, 16), (4, 18)]), 1);

    [Fact]
    public void Slope_OfOnePoint_IsUnknown() => Assert.Equal(double.NaN, Soak.Slope([(1, 1)]));

    [Fact]
    public void Parse_Minutes_AreTaken() => Assert.Equal(0.5, SoakOptions.Parse(["--minutes", "0.5"]).Minutes);

    [Theory]
    [InlineData("--minutes")]
    [InlineData("--minutes", "0")]
    [InlineData("--hours", "1")]
    public void Parse_AnythingElse_SaysWhat(params string[] arguments) =>
        Assert.StartsWith(arguments[0], Assert.Throws<CompareException>(() => SoakOptions.Parse(arguments)).Message.Replace("unknown option ", "", StringComparison.Ordinal), StringComparison.Ordinal);
}
