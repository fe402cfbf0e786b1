using NodeMesh.Model.Routing;

namespace NodeMesh.Model.Tests.Routing;

public sealed class OrderedRouteTableTests
{
    [Fact]
    public void Find_AgreesWithAskingRuleByRule()
    {
        // The seed is fixed: a failure is the same every time.
        var random = new Random(20261122);
        var found = 0;
        for (var round = 0; round < 400; round++)
        {
            var rules = Enumerable.Range(0, random.Next(1, 12)).Select(i => RandomRule(random, i)).ToList();
            var table = new OrderedRouteTable(new OrderedRoutes { Origin = new ResourceOrigin("VirtualService", "ns", "vs"), Rules = [.. rules] });
            for (var i = 0; i < 40; i++)
            {
                var request = new TestRequest($"{(random.Next(2) == 0 ? "GET" : "PUT")} {RandomPath(random)}{(random.Next(2) == 0 ? "?q=1" : "")}|h={random.Next(2)}");
                var client = new RouteClient(random.Next(2) == 0 ? "a" : "b", random.Next(2) == 0 ? [] : [new WorkloadLabel("app", "x")], random.Next(80, 82));
                var expected = rules.FirstOrDefault(r => r.Matches.IsEmpty || r.Matches.Any(m => m.Matches(client, request)));
                found += expected is null ? 0 : 1;
                Assert.Same(expected?.Action, table.Find(client, request)?.Rule);
            }
        }

        // A table that finds nothing, and one that always finds the first, would agree on trivial input.
        Assert.InRange(found, 1000, 15000);
    }

    [Theory]
    [InlineData("/a", "/a/b", "/x", "/x/b")]
    [InlineData("/a", "/a", "/x", "/x")]
    [InlineData("/a", "/a/", "/x", "/x/")]
    [InlineData("/a", "/a/b", "/", "/b")]
    [InlineData("/a", "/a", "/", "/")]
    [InlineData("/a/", "/a/b", "/x/", "/x/b")]
    [InlineData("/", "/b", "/x", "/x/b")]
    [InlineData("/", "/", "/x", "/x/")]
    public void PrefixRewrite_ReplacesElements(string prefix, string path, string replacement, string expected) =>
        Assert.Equal(expected, PathRewrite.Prefix(replacement).Apply(path, PathMatch.Prefix(prefix).Value));

    [Theory]
    [InlineData("^/a/([^/]+)/(.*)$", @"/\2/\1", "/a/b/c", "/c/b")]
    [InlineData("/b", "/$1", "/a/b/b", "/a/$1/$1")]
    [InlineData("(?P<name>x)", @"\0\0", "/x", "/xx")]
    public void PatternRewrite_KnowsGroupsAsRe2WritesThem(string pattern, string replacement, string path, string expected) =>
        Assert.Equal(expected, PathRewrite.Pattern(pattern, replacement).Apply(path, null));

    [Theory]
    [InlineData("(a)", @"\2")]
    [InlineData("a", @"\x")]
    [InlineData("(?=a)", "b")]
    public void PatternRewrite_ThatCannotBe_IsRefused(string pattern, string replacement) => Assert.ThrowsAny<ArgumentException>(() => PathRewrite.Pattern(pattern, replacement));

    [Theory]
    [InlineData("Reviews.Shop:80", "reviews.shop")]
    [InlineData("reviews.shop.", "reviews.shop")]
    [InlineData("[fd00::1]:80", "fd00::1")]
    [InlineData("fd00::1", "fd00::1")]
    public void HostOf_LeavesTheHost(string authority, string host) => Assert.Equal(host, RequestRouting.HostOf(authority));

    private static OrderedRule RandomRule(Random random, int number)
    {
        var action = new HttpRule { Origin = new RuleOrigin(new ResourceOrigin("VirtualService", "ns", "vs"), number) };
        return new OrderedRule([.. Enumerable.Range(0, random.Next(0, 10) == 0 ? 0 : random.Next(1, 3)).Select(_ => RandomMatch(random))], action);
    }

    private static OrderedMatch RandomMatch(Random random)
    {
        var path = RandomPath(random);
        return new OrderedMatch
        {
            Path = random.Next(5) switch { 0 => TextMatch.Prefix(path), 1 => TextMatch.Pattern($"{path}.*"), 2 => TextMatch.Exact(path.ToUpperInvariant(), true), _ => TextMatch.Exact(path) },
            Method = random.Next(3) == 0 ? TextMatch.Exact("GET") : null,
            Headers = random.Next(3) == 0 ? [new NamedMatch("h", TextMatch.Exact("1"))] : [],
            WithoutHeaders = random.Next(5) == 0 ? [new NamedMatch("h", TextMatch.Exact("1"))] : [],
            QueryParameters = random.Next(4) == 0 ? [new NamedMatch("q", TextMatch.Present)] : [],
            Port = random.Next(4) == 0 ? 80 : 0,
            SourceNamespace = random.Next(4) == 0 ? "a" : "",
            SourceLabels = random.Next(4) == 0 ? [new WorkloadLabel("app", "x")] : [],
        };
    }

    private static string RandomPath(Random random) => $"/{string.Join('/', Enumerable.Range(0, random.Next(1, 3)).Select(_ => (char)('a' + random.Next(3))))}";
}
