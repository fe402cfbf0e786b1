namespace NodeMesh.EndToEnd;

/// <summary>Limits of requests and of retries: one is held while another comes.</summary>
[Collection(ResilienceMeshCollection.Name)]
public sealed class CircuitBreakerTests(ResilienceMesh res)
{
    [Fact]
    public async Task MaxRequests_OfOne_RefusesTheSecondAtOnce_AndServesAgain()
    {
        await res.IsPlainAsync();
        await using var limits = await res.ApplyAsync(DestinationRule("connectionPool: {http: {http2MaxRequests: 1}}"));
        var path = "";
        await Eventually.GetAsync(
            async () =>
            {
                var key = res.NextKey();
                path = $"/work?{key}";
                return await WhileHeldAsync(key, "", () => res.AskAsync($"http://one.res{path}"), 1);
            },
            seen => seen.EndsWith("reset reason: overflow 503", StringComparison.Ordinal));

        Assert.Equal("503 UO", await res.FlagsAsync(path));
        Assert.Equal("a\n 200", await res.AskAsync("http://one.res/work"));
    }

    [Theory]
    [InlineData("connectionPool: {http: {maxRetries: 1}}")]
    [InlineData("retryBudget: {percent: {value: 1}, minRetryConcurrency: 1}")]
    public async Task Retries_OfOneAtATime_PassOnTheFailedAnswerOfTheNext(string limit)
    {
        await res.IsPlainAsync();
        await using var route = await res.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: one, namespace: res}
            spec:
              hosts: [one]
              http:
              - retries: {attempts: 1, retryOn: 5xx}
                route: [{destination: {host: one}}]
            """);
        await Eventually.GetAsync(() => res.AskAsync($"http://one.res/fail?times=1&key={res.NextKey()}"), seen => seen == "try 2 200");
        await using var limits = await res.ApplyAsync(DestinationRule(limit));
        var path = "";
        await Eventually.GetAsync(
            () =>
            {
                path = $"/fail?times=1&key={res.NextKey()}";
                return WhileHeldAsync(res.NextKey(), "fail&", () => res.AskAsync($"http://one.res{path}"), 2);
            },
            seen => seen == "try 1 503");

        Assert.Equal("503 UO", await res.FlagsAsync(path));
        Assert.Equal("try 2 200", await res.AskAsync($"http://one.res/fail?times=1&key={res.NextKey()}"));
    }

    /// <summary>Does something while the application has one request, in so many tries, that it does not answer.</summary>
    private async Task<string> WhileHeldAsync(string key, string option, Func<Task<string>> action, int tries)
    {
        var held = res.AskAsync($"http://one.res/hold?{option}key={key}");
        await Eventually.GetAsync(() => res.AtAsync("a", $"/count?key={key}"), count => count == $"{tries}");
        var seen = await action();
        await res.AtAsync("a", $"/release?key={key}");
        Assert.Equal("held 200", await held);
        return seen;
    }

    private static string DestinationRule(string policy) => $"""
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {"{"}name: one, namespace: res{"}"}
        spec:
          host: one
          trafficPolicy:
            {policy}
        """;
}
