using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tap;
using NodeMesh.Proxy.Tests.Telemetry;

namespace NodeMesh.Proxy.Tests.Tap;

public sealed class TapFilterTests
{
    [Theory]
    [InlineData("", true)]
    [InlineData("namespace=shop", true)]
    [InlineData("namespace=other", false)]
    [InlineData("pod=web-1", true)]
    [InlineData("pod=catalog-1", false)]
    [InlineData("workload=web&direction=outbound", true)]
    [InlineData("direction=inbound", false)]
    [InlineData("peer=shop", true)]
    [InlineData("peer=catalog", true)]
    [InlineData("peer=catalog-1.shop", true)]
    [InlineData("peer=catalog.shop.svc.cluster.local", true)]
    [InlineData("peer=10.244.2.", true)]
    [InlineData("peer=web", false)]
    [InlineData("peer=catalog.other", false)]
    [InlineData("path=/", false)]
    [InlineData("failed=true", false)]
    public void Matches_OutboundConnection_LooksAtTheClientAsTarget(string query, bool expected) => Assert.Equal(expected, Parse(query).Matches(TestConnections.Tunnelled()));

    [Theory]
    [InlineData("pod=catalog-1", true)]
    [InlineData("pod=web-1", false)]
    [InlineData("pod=catalog-1&direction=inbound&peer=web.shop", true)]
    [InlineData("peer=10.244.1.5:40000", true)]
    public void Matches_InboundConnection_LooksAtTheServerAsTarget(string query, bool expected) =>
        Assert.Equal(expected, Parse(query).Matches(TestConnections.Tunnelled(direction: ConnectionDirection.Inbound)));

    [Theory]
    [InlineData("", true)]
    [InlineData("path=/items", true)]
    [InlineData("path=/other", false)]
    [InlineData("method=get", true)]
    [InlineData("status=503", true)]
    [InlineData("status=5xx", true)]
    [InlineData("status=4XX", false)]
    [InlineData("status=502", false)]
    [InlineData("failed=true", true)]
    [InlineData("pod=web-1", true)]
    [InlineData("pod=catalog-1", true)]
    [InlineData("pod=catalog-1&direction=outbound", false)]
    [InlineData("pod=web-1&peer=catalog", true)]
    public void Matches_Request_LooksAtEitherEnd(string query, bool expected) => Assert.Equal(expected, Parse(query).Matches(Request()));

    [Theory]
    [InlineData("direction=sideways", "direction is 'sideways'")]
    [InlineData("status=abc", "status is 'abc'")]
    [InlineData("status=700", "status is '700'")]
    [InlineData("colour=red", "colour is no filter")]
    public void TryParse_OfWhatIsWrong_NamesIt(string query, string expected)
    {
        Assert.False(TapFilter.TryParse(new QueryCollection(QueryHelpers.ParseQuery(query)), out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    internal static RequestRecord Request() => new()
    {
        Started = TestConnections.Start,
        Source = IPEndPoint.Parse("10.244.1.5:40000"),
        Destination = IPEndPoint.Parse("10.96.0.20:80"),
        Method = "GET",
        Path = "/items?x=1",
        Authority = "catalog",
        Protocol = "HTTP/1.1",
        SourceWorkload = TestConnections.Pod("web-1", "web", "node-1"),
        DestinationWorkload = TestConnections.Pod("catalog-1", "catalog", "node-2"),
        DestinationService = TestConnections.Service("catalog"),
        Status = 503,
    };

    private static TapFilter Parse(string query)
    {
        Assert.True(TapFilter.TryParse(new QueryCollection(QueryHelpers.ParseQuery(query)), out var filter, out var error), error);
        return filter;
    }
}
