using NodeMesh.Model.Routing;

namespace NodeMesh.Model.Tests.Routing;

public sealed class GrpcRouteTableTests
{
    [Theory]
    [InlineData("shop.Cart", "Add", "/shop.Cart/Add", true)]
    [InlineData("shop.Cart", "Add", "/shop.Cart/add", false)]
    [InlineData("shop.Cart", "Add", "/shop.Cart/Remove", false)]
    [InlineData("shop.Cart", null, "/shop.Cart/Remove", true)]
    [InlineData("shop.Cart", null, "/shop.Carts/Remove", false)]
    [InlineData(null, "Add", "/other.Thing/Add", true)]
    [InlineData("~shop\\..*", null, "/shop.Order/Get", true)]
    [InlineData("~shop\\..*", null, "/workshop.Order/Get", false)]
    [InlineData(null, null, "/any.Thing/At", true)]
    [InlineData(null, null, "/none", false)]
    [InlineData(null, null, "*", false)]
    public void ServiceAndMethod_Match(string? service, string? method, string path, bool expected) =>
        Assert.Equal(expected ? "0" : null, Find($"POST {path}", Match(service, method)));

    [Fact]
    public void Header_Matches()
    {
        var match = Match(null, null, "x-a");

        Assert.Equal("0", Find("POST /s/m|X-A=1", match));
        Assert.Null(Find("POST /s/m|x-a=2", match));
        Assert.Null(Find("POST /s/m", match));
    }

    // The first of each pair goes first, in whichever order the two are written.
    [Theory]
    [InlineData("shop.Cart", null, 0, null, "Add", 2)]
    [InlineData("shop.Cart", null, 0, "~shop.*", "Add", 2)]
    [InlineData("shop.Cart", "Add", 0, "shop.Cart", null, 2)]
    [InlineData(null, "~A.*d", 0, null, "Add", 0)]
    [InlineData("shop.Cart", "Add", 1, "shop.Cart", "Add", 0)]
    [InlineData(null, null, 2, null, null, 1)]
    public void MoreSpecificMatch_GoesFirst(string? service, string? method, int headers, string? otherService, string? otherMethod, int otherHeaders)
    {
        var first = Match(service, method, [.. Names(headers)]);
        var second = Match(otherService, otherMethod, [.. Names(otherHeaders)]);
        const string Request = "POST /shop.Cart/Add|x-0=1|x-1=1";

        Assert.Equal("0", Find(Request, first, second));
        Assert.Equal("1", Find(Request, second, first));
    }

    [Fact]
    public void EquallySpecificMatches_AreOrderedByRoute()
    {
        var newer = new RouteCandidate<GrpcMatch, string>(new GrpcMatch(), new RouteOrder(DateTimeOffset.UnixEpoch.AddDays(1), new NamespacedName("a", "a"), 0), "newer");
        var older = new RouteCandidate<GrpcMatch, string>(new GrpcMatch(), new RouteOrder(DateTimeOffset.UnixEpoch, new NamespacedName("b", "b"), 0), "older");

        Assert.Equal("older", new GrpcRouteTable<string>([newer, older]).Find(new TestRequest("POST /s/m")));
    }

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => $"x-{i}");

    private static GrpcMatch Match(string? service, string? method, params string[] headers) =>
        new() { Service = Text(service), Method = Text(method), Headers = [.. headers.Select(h => new NamedMatch(h, TextMatch.Exact("1")))] };

    private static TextMatch? Text(string? text) => text is null ? null : text.StartsWith('~') ? TextMatch.Pattern(text[1..]) : TextMatch.Exact(text);

    private static string? Find(string request, params GrpcMatch[] matches) =>
        new GrpcRouteTable<string>(matches.Select((m, i) => new RouteCandidate<GrpcMatch, string>(m, new RouteOrder(null, new NamespacedName("n", "r"), i), i.ToString(System.Globalization.CultureInfo.InvariantCulture))))
            .Find(new TestRequest(request));
}
