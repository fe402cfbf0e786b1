using NodeMesh.Model.Routing;

namespace NodeMesh.Model.Tests.Routing;

public sealed class HttpRouteTableTests
{
    private static readonly string[] Elements = ["a", "b", "ab", "", "a.b"];

    [Theory]
    [InlineData("exact:/a", "/a", true)]
    [InlineData("exact:/a", "/a/", false)]
    [InlineData("exact:/a", "/A", false)]
    [InlineData("exact:/a", "/a?x=1", true)]
    [InlineData("prefix:/a", "/a", true)]
    [InlineData("prefix:/a", "/a/", true)]
    [InlineData("prefix:/a", "/a/b", true)]
    [InlineData("prefix:/a", "/ab", false)]
    [InlineData("prefix:/a/", "/a", true)]
    [InlineData("prefix:/a/", "/a/b", true)]
    [InlineData("prefix:/a/", "/ab", false)]
    [InlineData("prefix:/a/b", "/a", false)]
    [InlineData("prefix:/", "/anything/at/all", true)]
    [InlineData("prefix:/", "*", true)]
    [InlineData("pattern:/v[0-9]+", "/v12", true)]
    [InlineData("pattern:/v[0-9]+", "/v12/", false)]
    [InlineData("pattern:/v[0-9]+", "/x/v12", false)]
    [InlineData("pattern:/a|/b", "/b", true)]
    [InlineData("pattern:/a|/b", "/bc", false)]
    public void Path_Matches(string match, string target, bool expected) => Assert.Equal(expected ? match : null, Find($"GET {target}", match));

    [Theory]
    [InlineData("method=GET", "GET /", true)]
    [InlineData("method=GET", "POST /", false)]
    [InlineData("header:X-A=1", "GET /|x-a=1", true)]
    [InlineData("header:x-a=1", "GET /|x-a=12", false)]
    [InlineData("header:x-a=1", "GET /", false)]
    [InlineData("header:x-a=~[0-9]+", "GET /|x-a=12", true)]
    [InlineData("header:x-a=~[0-9]+", "GET /|x-a=12x", false)]
    [InlineData("header:x-a=1 header:x-b=2", "GET /|x-a=1|x-b=2", true)]
    [InlineData("header:x-a=1 header:x-b=2", "GET /|x-a=1", false)]
    [InlineData("query:q=1", "GET /?q=1", true)]
    [InlineData("query:q=1", "GET /?Q=1", false)]
    [InlineData("query:q=1", "GET /?q=2", false)]
    [InlineData("query:q=~.*", "GET /?q", true)]
    [InlineData("method=PUT header:x-a=1 query:q=1", "PUT /?q=1|x-a=1", true)]
    [InlineData("method=PUT header:x-a=1 query:q=1", "PUT /?q=1", false)]
    public void OtherConditions_AllHold(string match, string request, bool expected) => Assert.Equal(expected ? match : null, Find(request, match));

    // Each pair matches the request; the first of it goes first, in whichever order the two are written.
    [Theory]
    [InlineData("exact:/a/b", "prefix:/a/b")]
    [InlineData("exact:/a/b", "pattern:/a/b.*")]
    [InlineData("exact:/a/b", "prefix:/ method=GET header:x-a=1 header:x-b=2 query:q=1")]
    [InlineData("pattern:/a/.*", "prefix:/")]
    [InlineData("pattern:/a/.*", "prefix:/a/b")]
    [InlineData("pattern:/a/[a-z]", "pattern:/a/.*")]
    [InlineData("prefix:/a/b", "prefix:/a")]
    [InlineData("prefix:/a/b", "prefix:/a/")]
    [InlineData("prefix:/a", "prefix:/")]
    [InlineData("prefix:/a/b", "prefix:/a method=GET header:x-a=1 query:q=1")]
    [InlineData("prefix:/a method=GET", "prefix:/a")]
    [InlineData("prefix:/a method=GET", "prefix:/a header:x-a=1 header:x-b=2")]
    [InlineData("prefix:/a method=GET", "prefix:/a query:q=1")]
    [InlineData("method=GET header:x-a=1", "method=GET")]
    [InlineData("header:x-a=1 header:x-b=2", "header:x-a=1")]
    [InlineData("header:x-a=1", "query:q=1 query:r=2")]
    [InlineData("header:x-a=1 query:q=1", "header:x-b=2")]
    [InlineData("query:q=1 query:r=2", "query:q=1")]
    [InlineData("query:q=1", "")]
    public void MoreSpecificMatch_GoesFirst(string first, string second)
    {
        const string Request = "GET /a/b?q=1&r=2|x-a=1|x-b=2";

        Assert.Equal(first, Find(Request, first, second));
        Assert.Equal(first, Find(Request, second, first));
    }

    [Theory]
    [InlineData("2026-01-01", "z/z", 9, "2026-01-02", "a/a", 0)]
    [InlineData("2026-01-01", "z/z", 9, null, "a/a", 0)]
    [InlineData(null, "a/b", 9, null, "b/a", 0)]
    [InlineData(null, "a/a", 9, null, "a/b", 0)]
    [InlineData(null, "a/a", 0, null, "a/a", 1)]
    public void EquallySpecificMatches_AreOrderedByAgeNameAndRule(string? firstCreated, string firstRoute, int firstRule, string? secondCreated, string secondRoute, int secondRule)
    {
        RouteCandidate<HttpMatch, string> first = new(new HttpMatch(), Order(firstCreated, firstRoute, firstRule), "first");
        RouteCandidate<HttpMatch, string> second = new(new HttpMatch(), Order(secondCreated, secondRoute, secondRule), "second");

        Assert.Equal("first", new HttpRouteTable<string>([second, first]).Find(new TestRequest("GET /")));
        Assert.Equal("first", new HttpRouteTable<string>([first, second]).Find(new TestRequest("GET /")));
    }

    [Fact]
    public void SpecificPathWhoseConditionsFail_LeavesTheRequestToShorterOnes()
    {
        string[] matches = ["exact:/a/b method=PUT", "prefix:/a/b header:x=1", "prefix:/a"];

        Assert.Equal("prefix:/a", Find("GET /a/b", matches));
        Assert.Null(Find("GET /b", matches));
    }

    [Theory]
    [InlineData("(a)\\1")]
    [InlineData("(?=a)b")]
    [InlineData("a)(b")]
    [InlineData("[")]
    public void PatternThatCouldBlowUpOrIsNone_IsRefused(string pattern) => Assert.ThrowsAny<ArgumentException>(() => PathMatch.Pattern(pattern));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Table_AgreesWithLookingAtAllMatchesOneByOne(int seed)
    {
        var random = new Random(seed);
        var candidates = Enumerable.Range(0, random.Next(1, 40)).Select(i => RandomCandidate(random, i)).ToList();
        var table = new HttpRouteTable<string>(candidates);
        for (var i = 0; i < 50; i++)
        {
            var request = new TestRequest(RandomRequest(random));

            Assert.Equal(Naive(candidates, request), table.Find(request));
        }
    }

    public static TheoryData<int> Seeds() => [.. Enumerable.Range(0, 40)];

    private static string? Naive(IEnumerable<RouteCandidate<HttpMatch, string>> candidates, TestRequest request) => candidates
        .Where(c => c.Match.Matches(request))
        .OrderBy(c => c.Match.Path.Kind switch { PathMatchKind.Exact => 0, PathMatchKind.Pattern => 1, _ => 2 })
        .ThenByDescending(c => c.Match.Path.Value.Length)
        .ThenByDescending(c => c.Match.Method is null ? 0 : 1)
        .ThenByDescending(c => c.Match.Headers.Count)
        .ThenByDescending(c => c.Match.QueryParameters.Count)
        .ThenBy(c => c.Order.Created ?? DateTimeOffset.MaxValue)
        .ThenBy(c => c.Order.Route.ToString(), StringComparer.Ordinal)
        .ThenBy(c => c.Order.Rule)
        .FirstOrDefault()?.Target;

    private static RouteCandidate<HttpMatch, string> RandomCandidate(Random random, int number)
    {
        var path = RandomPath(random);
        var match = new HttpMatch
        {
            Path = random.Next(12) switch { < 4 => PathMatch.Exact(path), 4 => PathMatch.Pattern($"{path}.*"), _ => PathMatch.Prefix(path) },
            Method = random.Next(3) == 0 ? "GET" : null,
            Headers = RandomNamed(random),
            QueryParameters = RandomNamed(random),
        };
        DateTimeOffset? created = random.Next(2) == 0 ? DateTimeOffset.UnixEpoch.AddDays(random.Next(3)) : null;
        return new(match, new RouteOrder(created, new NamespacedName("ns", $"r{random.Next(3)}"), number), $"t{number}");
    }

    private static ValueList<NamedMatch> RandomNamed(Random random) =>
        [.. Enumerable.Range(0, random.Next(3)).Select(i => new NamedMatch($"n{i}", TextMatch.Exact(random.Next(2).ToString(System.Globalization.CultureInfo.InvariantCulture))))];

    private static string RandomPath(Random random) => string.Concat(Enumerable.Range(0, random.Next(1, 4)).Select(_ => $"/{Elements[random.Next(Elements.Length)]}"));

    private static string RandomRequest(Random random) =>
        $"{(random.Next(2) == 0 ? "GET" : "PUT")} {RandomPath(random)}?n0={random.Next(2)}&n1={random.Next(2)}|n0={random.Next(2)}|n1={random.Next(2)}";

    private static RouteOrder Order(string? created, string route, int rule) => new(
        created is null ? null : DateTimeOffset.Parse($"{created}T00:00:00Z", System.Globalization.CultureInfo.InvariantCulture),
        new NamespacedName(route.Split('/')[0], route.Split('/')[1]),
        rule);

    private static string? Find(string request, params string[] matches) =>
        new HttpRouteTable<string>(matches.Select((m, i) => new RouteCandidate<HttpMatch, string>(Parse(m), new RouteOrder(null, new NamespacedName("n", "r"), i), m))).Find(new TestRequest(request));

    private static HttpMatch Parse(string text)
    {
        var match = new HttpMatch();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            match = word.Split([':', '='], 2) switch
            {
                ["exact", var path] => match with { Path = PathMatch.Exact(path) },
                ["prefix", var path] => match with { Path = PathMatch.Prefix(path) },
                ["pattern", var path] => match with { Path = PathMatch.Pattern(path) },
                ["method", var method] => match with { Method = method },
                ["header", var header] => match with { Headers = [.. match.Headers, Named(header)] },
                ["query", var parameter] => match with { QueryParameters = [.. match.QueryParameters, Named(parameter)] },
                _ => throw new FormatException(word),
            };
        }

        return match;
    }

    private static NamedMatch Named(string text)
    {
        var parts = text.Split('=', 2);
        return new NamedMatch(parts[0], parts[1].StartsWith('~') ? TextMatch.Pattern(parts[1][1..]) : TextMatch.Exact(parts[1]));
    }
}
