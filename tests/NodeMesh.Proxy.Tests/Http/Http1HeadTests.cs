using System.Text;
using Microsoft.AspNetCore.Http;
using NodeMesh.Proxy.Http.Upstream.Http1;

namespace NodeMesh.Proxy.Tests.Http;

public sealed class Http1HeadTests
{
    private const string Usual = "HTTP/1.1 200 OK\r\nDate: Mon\r\nContent-Length: 5\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-Empty:\r\nConnection: x-hop\r\nX-Hop: 1\r\n\r\n";

    [Fact]
    public void Head_InPieces_IsReadOnceItIsWhole()
    {
        var head = new Http1Head();
        var bytes = Encoding.Latin1.GetBytes(Usual + "hello");
        for (var length = 0; length < Usual.Length; length++)
        {
            Assert.False(head.TryRead(bytes.AsSpan(0, length), out _));
        }

        Assert.True(head.TryRead(bytes, out var end));
        Assert.Equal((Usual.Length, 200, "OK", 5L, true), (end, head.Status, head.ReasonPhrase, head.ContentLength, head.KeepsAlive));
        Assert.Equal("Date=Mon|Set-Cookie=a=1,b=2|X-Empty=", Copy(head));
    }

    [Fact]
    public void Head_AfterAnother_SaysNothingOfTheFirst()
    {
        var head = new Http1Head();
        Read(head, Usual);
        Read(head, Usual);
        Assert.Equal("Date=Mon|Set-Cookie=a=1,b=2|X-Empty=", Copy(head));

        Read(head, "HTTP/1.0 503 Gone away\r\nDate: Tue\r\nTransfer-Encoding: chunked\r\nx-envoy-ratelimited: true\r\n\r\n");
        Assert.Equal((503, "Gone away", null, true, false, true), (head.Status, head.ReasonPhrase, head.ContentLength, head.IsChunked, head.KeepsAlive, head.Outcome.RateLimited));
        Assert.Equal("Date=Tue|x-envoy-ratelimited=true", Copy(head));

        Read(head, Usual);
        Assert.Equal((200, 5L, false, false), (head.Status, head.ContentLength, head.IsChunked, head.Outcome.RateLimited));
        Assert.Equal("Date=Mon|Set-Cookie=a=1,b=2|X-Empty=", Copy(head));
    }

    [Fact]
    public void Head_AfterABadOne_IsReadAnew()
    {
        var head = new Http1Head();
        Read(head, Usual);
        Assert.Throws<Http1FormatException>(() => Read(head, "HTTP/1.1 200 OK\r\nDate: Wed\r\nno header\r\n\r\n"));
        Read(head, Usual);
        Assert.Equal("Date=Mon|Set-Cookie=a=1,b=2|X-Empty=", Copy(head));
    }

    [Theory]
    [InlineData("HTTP/1.1 200\nA: b\n\n", 200)]
    [InlineData("HTTP/1.1 204 \r\n\r\n", 204)]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", 200)]
    public void Head_ThatIsUnusual_IsRead(string text, int status)
    {
        var head = new Http1Head();
        Read(head, text);
        Assert.Equal(status, head.Status);
    }

    [Theory]
    [InlineData("ICY 200 OK\r\n\r\n")]
    [InlineData("HTTP/2.0 200 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 20 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 2000 OK\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA : b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n: b\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    public void Head_ThatCouldBeReadInTwoWays_IsNone(string text) => Assert.Throws<Http1FormatException>(() => Read(new Http1Head(), text));

    [Fact]
    public void Head_WithoutEnd_IsGivenUp() =>
        Assert.Throws<Http1FormatException>(() => new Http1Head().TryRead(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\n" + new string('a', Http1Head.LongestHead)), out _));

    private static void Read(Http1Head head, string text) => Assert.True(head.TryRead(Encoding.Latin1.GetBytes(text), out _));

    private static string Copy(Http1Head head)
    {
        var headers = new HeaderDictionary();
        head.CopyTo(headers);
        return string.Join('|', headers.Select(h => $"{h.Key}={h.Value}"));
    }
}
