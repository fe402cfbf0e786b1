using NodeMesh.Model.Resilience;

namespace NodeMesh.Model.Tests.Resilience;

public sealed class DeadlineTests
{
    [Theory]
    [InlineData("1S", 1000)]
    [InlineData("250m", 250)]
    [InlineData("2M", 120_000)]
    [InlineData("1H", 3_600_000)]
    [InlineData("500000u", 500)]
    [InlineData("3000000n", 3)]
    public void GrpcTimeout_WellFormed_IsRead(string text, int milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(text, out var timeout));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("1")]
    [InlineData("1s")]
    [InlineData("-1S")]
    [InlineData("123456789S")]
    [InlineData("1 S")]
    public void GrpcTimeout_Malformed_IsNot(string text) => Assert.False(GrpcTimeout.TryParse(text, out _));

    [Theory]
    [InlineData(0, "1u")]
    [InlineData(-5, "1u")]
    [InlineData(1500, "1500000u")]
    [InlineData(99_999, "99999000u")]
    [InlineData(100_000, "100000m")]
    [InlineData(864_000_000, "864000S")]
    public void GrpcTimeout_Written_FitsEightDigits(long milliseconds, string text)
    {
        var written = GrpcTimeout.Format(TimeSpan.FromMilliseconds(milliseconds));
        Assert.Equal(text, written);
        Assert.True(GrpcTimeout.TryParse(written, out _));
    }

    [Theory]
    [InlineData(0, 3, 0, 0)]
    [InlineData(0, 3, 2, 2)]
    [InlineData(10, 3, 0, 7)]
    [InlineData(10, 3, 2, 2)]
    [InlineData(10, 9, 2, 1)]
    public void OfTry_WithLimits_TakesTheLeastThatIsLeft(int limit, int elapsed, int perTry, int expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected),
        RequestDeadline.OfTry(TimeSpan.FromSeconds(limit), TimeSpan.FromSeconds(elapsed), TimeSpan.FromSeconds(perTry)));

    [Fact]
    public void OfTry_WhenTheTimeIsOver_IsNegative() =>
        Assert.True(RequestDeadline.OfTry(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5)) < TimeSpan.Zero);
}
