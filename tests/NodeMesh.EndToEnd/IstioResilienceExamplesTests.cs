namespace NodeMesh.EndToEnd;

/// <summary>The tasks of Istio's documentation on request time-outs, mirroring and circuit breaking, against services of the sample shop.</summary>
[Collection(HttpMeshCollection.Name)]
public sealed class IstioResilienceExamplesTests(HttpMesh http)
{
    /// <summary>The service <c>books</c> asks <c>books-next</c>, whose answer takes three seconds; the service itself waits five.</summary>
    private const string SlowCall = "/call?url=http://books-next.web/";

    private const string SlowService = """
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {name: slow, namespace: web}
        spec:
          hosts: [books-next]
          http:
          - fault: {delay: {percentage: {value: 100}, fixedDelay: 3s}}
            headers: {response: {set: {x-seen: slow}}}
            route: [{destination: {host: books-next}}]
        """;

    [Fact]
    public async Task RequestTimeout_EndsACallWhoseServiceWaitsForASlowOne()
    {
        await using var slow = await ApplySlowServiceAsync();
        Assert.Equal("200 books -", await http.CallHostAsync("books.web", SlowCall));

        await using var limit = await AppliedPolicy.ApplyAsync(http.Mesh, """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: limit, namespace: web}
            spec:
              hosts: [books]
              http:
              - timeout: 0.5s
                route: [{destination: {host: books}}]
            """);

        await Eventually.GetAsync(() => http.CallHostAsync("books.web", SlowCall), seen => seen == "504 - -");
        var answer = await http.Mesh.ExecAsync("web/client", "curl", "-s", "-m", "20", $"http://books.web{SlowCall}");
        Assert.Equal("upstream request timeout", answer.Expect());
    }

    [Fact]
    public async Task Mirror_SendsEveryRequestToTheOtherVersionTooAndItsAnswerToNobody()
    {
        await using var subsets = await AppliedPolicy.ApplyAsync(http.Mesh, """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: shelf, namespace: web}
            spec:
              host: shelf
              subsets:
              - {name: v1, labels: {version: one}}
              - {name: v2, labels: {version: two}}
            """);
        await using var route = await AppliedPolicy.ApplyAsync(http.Mesh, """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: shelf, namespace: web}
            spec:
              hosts: [shelf]
              http:
              - headers: {response: {set: {x-seen: mirrored}}}
                route: [{destination: {host: shelf, subset: v1}, weight: 100}]
                mirror: {host: shelf, subset: v2}
                mirrorPercentage: {value: 100.0}
            """);
        await Eventually.GetAsync(() => http.CallHostAsync("shelf.web", "/"), seen => seen == "200 books mirrored");
        var (first, second) = (await CountAsync("web/books-1"), await CountAsync("web/books-2"));

        // Nobody listens on port 9: the service answers 502 after it has written down that it was asked.
        const int Calls = 5;
        for (var i = 0; i < Calls; i++)
        {
            Assert.Equal("502 books mirrored", await http.CallHostAsync("shelf.web", "/call?url=http://127.0.0.1:9/"));
        }

        await Eventually.GetAsync(() => CountAsync("web/books-2"), count => count == second + Calls);
        Assert.Equal(first + Calls, await CountAsync("web/books-1"));
    }

    [Fact]
    public async Task CircuitBreaker_TakesOneRequestLetsOneWaitAndRefusesTheThird()
    {
        await using var slow = await ApplySlowServiceAsync();
        await using var limits = await AppliedPolicy.ApplyAsync(http.Mesh, """
            apiVersion: networking.istio.io/v1
            kind: DestinationRule
            metadata: {name: books, namespace: web}
            spec:
              host: books
              trafficPolicy:
                connectionPool:
                  tcp: {maxConnections: 1}
                  http: {http1MaxPendingRequests: 1, maxRequestsPerConnection: 1}
            """);

        // Until the limits are there, and where the machine holds one of the three up for longer than the others take, none is refused.
        await Eventually.GetAsync(ThreeAtOnceAsync, seen => seen == "200 200 503");
        Assert.Equal("200 books -", await http.CallHostAsync("books.web", "/"));
    }

    private async Task<AppliedPolicy> ApplySlowServiceAsync()
    {
        var slow = await AppliedPolicy.ApplyAsync(http.Mesh, SlowService);
        await Eventually.GetAsync(() => http.CallHostAsync("books-next.web", "/"), seen => seen == "200 books-next slow");
        return slow;
    }

    /// <summary>The statuses of three requests of one moment, in order of size.</summary>
    private async Task<string> ThreeAtOnceAsync()
    {
        var url = $"http://books.web{SlowCall}";
        var result = await http.Mesh.ExecAsync(
            "web/client", "curl", "-s", "-m", "20", "-Z", "--parallel-immediate", "-w", "%{http_code}\n", "-o", "/dev/null", url, "-o", "/dev/null", url, "-o", "/dev/null", url);
        return string.Join(' ', result.Expect().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
    }

    private async Task<int> CountAsync(string pod) => (await http.Mesh.LogAsync(pod)).Split('\n').Count(line => line.Contains("GET /call from", StringComparison.Ordinal));
}
