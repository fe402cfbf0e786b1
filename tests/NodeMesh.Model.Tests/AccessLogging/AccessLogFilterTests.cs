using NodeMesh.Model.AccessLogging;

namespace NodeMesh.Model.Tests.AccessLogging;

public sealed class AccessLogFilterTests
{
    private static readonly Facts Request = new(new()
    {
        [AccessFact.RequestPath] = AccessValue.Of("/v1beta3/books?page=2"),
        [AccessFact.RequestUrlPath] = AccessValue.Of("/v1beta3/books"),
        [AccessFact.RequestMethod] = AccessValue.Of("GET"),
        [AccessFact.RequestSize] = AccessValue.Of(0),
        [AccessFact.ResponseCode] = AccessValue.Of(404),
        [AccessFact.ConnectionMutualTls] = AccessValue.Of(true),
        [AccessFact.DestinationPort] = AccessValue.Of(80),
    });

    private static readonly Facts Connection = new(new()
    {
        [AccessFact.ConnectionMutualTls] = AccessValue.Of(false),
        [AccessFact.DestinationPort] = AccessValue.Of(5432),
    });

    [Theory]
    [InlineData("response.code >= 400", true, false)]
    [InlineData("response.code >= 500", false, false)]
    [InlineData("400 <= response.code", true, false)]
    [InlineData("response.code == 404 && request.method != 'GET'", false, false)]
    [InlineData("!has(response.code) || response.code >= 400", true, true)]
    [InlineData("!has(response.code) || response.code >= 500", false, true)]
    [InlineData("connection.mtls && request.url_path.contains('v1beta3')", true, false)]
    [InlineData("!connection.mtls", false, true)]
    [InlineData("response.code >= 500 || (response.code == 404 && request.path.startsWith(\"/v1beta3\"))", true, false)]
    [InlineData("request.url_path.endsWith('books')", true, false)]
    [InlineData("request.path.matches('page=[0-9]+$')", true, false)]
    [InlineData("request.path.matches('^/v2')", false, false)]
    [InlineData("response.code in [404, 503]", true, false)]
    [InlineData("request.method in ['PUT', 'DELETE']", false, false)]
    [InlineData("destination.port == 5432", false, true)]
    [InlineData("destination.port == 5432 || response.code == 404", true, true)]
    [InlineData("has(response.grpc_status)", false, false)]
    [InlineData("response.grpc_status != 0", false, false)]
    [InlineData("response.grpc_status != 0 || response.code == 404", true, false)]
    [InlineData("!(response.grpc_status == 0)", false, false)]
    [InlineData("true", true, true)]
    [InlineData("request.size > -1", true, false)]
    [InlineData(@"request.path != 'it\'s'", true, false)]
    public void Expression_OfFacts_SaysWhichLinesAreWritten(string expression, bool ofRequest, bool ofConnection)
    {
        Assert.True(AccessLogFilter.TryParse(expression, out var filter, out var problem), problem);
        Assert.Equal((ofRequest, ofConnection), (filter.Allows(Request), filter.Allows(Connection)));
    }

    [Theory]
    [InlineData("response.code >= 400", true)]
    [InlineData("connection.mtls && request.method == 'GET'", true)]
    [InlineData("!has(request.id)", true)]
    [InlineData("connection.mtls || destination.port in [1]", false)]
    public void Expression_NeedsRequests_WhereItAsksForThem(string expression, bool needs)
    {
        Assert.True(AccessLogFilter.TryParse(expression, out var filter, out _));
        Assert.Equal(needs, filter.NeedsRequests);
    }

    [Theory]
    [InlineData("", "its end")]
    [InlineData("response.code", "a number where true or false is wanted")]
    [InlineData("response.code >= '400'", "compares a number with a text")]
    [InlineData("response.code >= 400 &&", "its end")]
    [InlineData("(response.code >= 400", "')' is wanted")]
    [InlineData("response.code >= 400)", "')' at position 21")]
    [InlineData("request.headers['x-user'] == 'a'", "request.headers")]
    [InlineData("response.duration > duration('1s')", "response.duration")]
    [InlineData("request.path.size() > 3", "the function size")]
    [InlineData("request.path.matches('(a')", "none of RE2")]
    [InlineData("request.path.matches('(a)\\\\1')", "none of RE2")]
    [InlineData("response.code.contains('4')", "of something else than a text")]
    [InlineData("response.code in [404, '503']", "something else than a number")]
    [InlineData("request.path == 'open", "without its end")]
    [InlineData("response.code >= 400 ? true : false", "'?'")]
    [InlineData("response.code >= 99999999999999999999", "'9'")]
    public void Expression_BeyondWhatIsDone_SaysWhatIsWrong(string expression, string problem)
    {
        Assert.False(AccessLogFilter.TryParse(expression, out _, out var said));
        Assert.Contains(problem, said, StringComparison.Ordinal);
    }

    [Fact]
    public void Expression_ThatIsDeepOrLong_IsRefused()
    {
        Assert.False(AccessLogFilter.TryParse(new string('(', 1000) + "true" + new string(')', 1000), out _, out _));
        Assert.False(AccessLogFilter.TryParse(new string('!', 1000) + "true", out _, out _));
        Assert.False(AccessLogFilter.TryParse(string.Join(" || ", Enumerable.Repeat("connection.mtls", 1000)), out _, out _));
    }

    [Fact]
    public void Filters_OfOneExpression_AreEqual()
    {
        Assert.True(AccessLogFilter.TryParse("connection.mtls", out var one, out _) && AccessLogFilter.TryParse("connection.mtls", out var same, out _) && one.Equals(same));
        Assert.True(AccessLogFilter.TryParse("!connection.mtls", out var other, out _) && !one.Equals(other));
    }

    private sealed class Facts(Dictionary<AccessFact, AccessValue> values) : IAccessFacts
    {
        public AccessValue Find(AccessFact fact) => values.GetValueOrDefault(fact);
    }
}
