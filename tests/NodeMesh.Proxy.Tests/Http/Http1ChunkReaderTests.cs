using System.Buffers;
using System.Text;
using NodeMesh.Proxy.Http.Upstream.Http1;

namespace NodeMesh.Proxy.Tests.Http;

public sealed class Http1ChunkReaderTests
{
    private const string Body = "5\r\nhello\r\n1;name=value\r\n \r\n0A\r\nworld\r\n!!!\r\n0\r\nX-Sum: 1\r\n\r\n";

    [Fact]
    public void Body_CutAnywhere_IsTheSame()
    {
        for (var cut = 0; cut <= Body.Length; cut++)
        {
            var reader = default(Http1ChunkReader);
            var text = Take(ref reader, Body[..cut], out var left);
            text += Take(ref reader, left + Body[cut..] + "rest", out left);
            Assert.Equal(("hello world\r\n!!!", true, "rest"), (text, reader.IsComplete, left));
            Assert.Equal("1", Assert.Single(reader.Trailers!, t => t.Key == "X-Sum").Value);
        }
    }

    [Theory]
    [InlineData("x\r\n")]
    [InlineData("\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("ffffffffffffffffff\r\n")]
    [InlineData("2\r\nabc\r\n")]
    [InlineData("0\r\nno trailer\r\n")]
    [InlineData("0\r\nX Sum: 1\r\n")]
    [InlineData("0\r\nX-Sum: 1\rSet-Cookie: mine\r\n")]
    public void Body_ThatIsNone_IsRefused(string body) => Assert.Throws<Http1FormatException>(() =>
    {
        var reader = default(Http1ChunkReader);
        Take(ref reader, body, out _);
    });

    private static string Take(ref Http1ChunkReader reader, string bytes, out string left)
    {
        var sequence = new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(bytes));
        var text = new StringBuilder();
        while (reader.TryTake(ref sequence, out var content))
        {
            text.Append(Encoding.Latin1.GetString(content));
        }

        left = Encoding.Latin1.GetString(sequence);
        return text.ToString();
    }
}
