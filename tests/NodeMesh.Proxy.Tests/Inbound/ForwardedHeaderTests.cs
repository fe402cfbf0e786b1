using System.Net;
using NodeMesh.Proxy.Inbound;

namespace NodeMesh.Proxy.Tests.Inbound;

public sealed class ForwardedHeaderTests
{
    [Theory]
    [InlineData("for=\"10.244.1.2:4711\"", "10.244.1.2:4711", null)]
    [InlineData("for=\"[fd00::2]:4711\";host=web.shop.svc.cluster.local", "[fd00::2]:4711", "web.shop.svc.cluster.local")]
    [InlineData("host=Web;For=10.244.1.2:1", "10.244.1.2:1", "web")]
    [InlineData("for=\"10.244.1.2:1\", for=\"10.9.9.9:2\"", "10.244.1.2:1", null)]
    [InlineData(null, null, null)]
    [InlineData("", null, null)]
    [InlineData("for=10.244.1.2", null, null)]
    [InlineData("for=\"10.244.1.2:99999\"", null, null)]
    [InlineData("for=\"fd00::2:1\"", null, null)]
    [InlineData("for=\"[10.244.1.2]:1\"", null, null)]
    [InlineData("for=\"[::ffff:10.244.1.2]:1\"", null, null)]
    [InlineData("for=\"[fd00::2:1\"", null, null)]
    [InlineData("for=\":1\"", null, null)]
    [InlineData("for=\"_hidden:1\"", null, null)]
    public void Parse_OfAValue_ReadsOnlyWhatIsWellFormed(string? value, string? client, string? host)
    {
        var header = ForwardedHeader.Parse(value);
        Assert.Equal(client is null ? null : IPEndPoint.Parse(client), header.For);
        Assert.Equal(host, header.Host);
    }

    [Theory]
    [InlineData("10.244.1.2:4711", null)]
    [InlineData("[fd00::2]:4711", "web.shop.svc.cluster.local")]
    public void Format_OfAClient_ReadsBack(string client, string? host) =>
        Assert.Equal(new ForwardedHeader(IPEndPoint.Parse(client), host), ForwardedHeader.Parse(ForwardedHeader.Format(IPEndPoint.Parse(client), host)));
}
