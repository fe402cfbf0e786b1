namespace NodeMesh.Grpc.Tests;

public sealed class GrpcWireTests
{
    [Theory]
    [InlineData("plain text", "plain text")]
    [InlineData("100%", "100%25")]
    [InlineData("a\nb", "a%0Ab")]
    [InlineData("ü", "%C3%BC")]
    public void EncodeMessage_AnyText_PercentEncodesAndDecodesBack(string text, string wire)
    {
        Assert.Equal(wire, GrpcWire.EncodeMessage(text));
        Assert.Equal(text, GrpcWire.DecodeMessage(wire));
    }

    [Fact]
    public void DecodeMessage_BrokenEscape_IsKept() => Assert.Equal("50% off", GrpcWire.DecodeMessage("50% off"));

    [Theory]
    [InlineData("5S", 5000)]
    [InlineData("250m", 250)]
    [InlineData("2M", 120_000)]
    [InlineData("1H", 3_600_000)]
    [InlineData("3000u", 3)]
    [InlineData("99999999n", 99.9999)]
    public void TryDecodeTimeout_EachUnit_Reads(string text, double milliseconds)
    {
        Assert.True(GrpcWire.TryDecodeTimeout(text, out var timeout));
        Assert.Equal(milliseconds, timeout.TotalMilliseconds, 3);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("5")]
    [InlineData("5X")]
    [InlineData("-5S")]
    [InlineData("123456789S")]
    [InlineData(" 5S")]
    public void TryDecodeTimeout_Malformed_Refuses(string text) => Assert.False(GrpcWire.TryDecodeTimeout(text, out _));

    [Theory]
    [InlineData(0.001)]
    [InlineData(1)]
    [InlineData(15_000)]
    [InlineData(86_400_000)]
    [InlineData(315_360_000_000)]
    public void EncodeTimeout_AnySpan_KeepsItWithinOnePercent(double milliseconds)
    {
        var wire = GrpcWire.EncodeTimeout(TimeSpan.FromMilliseconds(milliseconds));

        Assert.True(GrpcWire.TryDecodeTimeout(wire, out var timeout), wire);
        Assert.InRange(timeout.TotalMilliseconds, milliseconds * 0.99, milliseconds * 1.01);
    }

    [Fact]
    public void DecodeStatus_UnknownNumber_IsUnknown()
    {
        Assert.Equal(GrpcStatusCode.Unknown, GrpcWire.DecodeStatus("99"));
        Assert.Equal(GrpcStatusCode.Unknown, GrpcWire.DecodeStatus("x"));
        Assert.Equal(GrpcStatusCode.Unauthenticated, GrpcWire.DecodeStatus("16"));
    }
}
