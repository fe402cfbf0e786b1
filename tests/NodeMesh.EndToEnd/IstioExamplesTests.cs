namespace NodeMesh.EndToEnd;

/// <summary>The tasks that Istio's documentation teaches, against two versions of one service: routing by user, shifting of weights, injected delays and aborts.</summary>
[Collection(HttpMeshCollection.Name)]
public sealed class IstioExamplesTests(HttpMesh http)
{
    private const string Subsets = """
        apiVersion: networking.istio.io/v1
        kind: DestinationRule
        metadata: {name: shelf, namespace: web}
        spec:
          host: shelf
          subsets:
          - {name: v1, labels: {version: one}}
          - {name: v2, labels: {version: two}}
        """;

    [Fact]
    public async Task RoutingByUser_SendsOneUserToTheNewVersion()
    {
        await using var subsets = await AppliedPolicy.ApplyAsync(http.Mesh, Subsets);
        await using var route = await ApplyAsync("""
            - match: [{headers: {end-user: {exact: jason}}}]
              route: [{destination: {host: shelf, subset: v2}}]
            - route: [{destination: {host: shelf, subset: v1}}]
            """);

        await Eventually.GetAsync(() => CallAsync("-H", "end-user: jason"), seen => seen == "200 books-next -");
        for (var i = 0; i < 8; i++)
        {
            Assert.Equal("200 books -", await CallAsync());
            Assert.Equal("200 books-next -", await CallAsync("-H", "end-user: jason"));
        }
    }

    [Fact]
    public async Task Weights_ShiftTrafficFromOneVersionToTheOther()
    {
        await using var subsets = await AppliedPolicy.ApplyAsync(http.Mesh, Subsets);
        await using (await ApplyAsync("""
            - headers: {response: {set: {x-seen: half}}}
              route:
              - {destination: {host: shelf, subset: v1}, weight: 50}
              - {destination: {host: shelf, subset: v2}, weight: 50}
            """))
        {
            await Eventually.GetAsync(() => CallAsync(), seen => seen.EndsWith(" half", StringComparison.Ordinal));
            await Eventually.GetAsync(() => CallAsync(), seen => seen == "200 books half");
            await Eventually.GetAsync(() => CallAsync(), seen => seen == "200 books-next half");
        }

        await using var all = await ApplyAsync("""
            - headers: {response: {set: {x-seen: whole}}}
              route:
              - {destination: {host: shelf, subset: v1}, weight: 0}
              - {destination: {host: shelf, subset: v2}, weight: 100}
            """);
        await Eventually.GetAsync(() => CallAsync(), seen => seen.EndsWith(" whole", StringComparison.Ordinal));
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("200 books-next whole", await CallAsync());
        }
    }

    [Fact]
    public async Task DelaysAndAborts_AreForOneUserAlone()
    {
        await using var subsets = await AppliedPolicy.ApplyAsync(http.Mesh, Subsets);
        await using var route = await ApplyAsync("""
            - match: [{headers: {end-user: {exact: jason}}}]
              fault: {abort: {percentage: {value: 100}, httpStatus: 500}}
              route: [{destination: {host: shelf, subset: v1}}]
            - match: [{headers: {end-user: {exact: slow}}}]
              fault: {delay: {percentage: {value: 100}, fixedDelay: 60s}}
              route: [{destination: {host: shelf, subset: v1}}]
            - route: [{destination: {host: shelf, subset: v1}}]
            """);

        await Eventually.GetAsync(() => CallAsync("-H", "end-user: jason"), seen => seen.StartsWith("500 ", StringComparison.Ordinal));
        Assert.Equal("200 books -", await CallAsync());

        // curl gives up with exit code 28 long before the delay is over.
        Assert.Equal("exit 28", await CallAsync("-H", "end-user: slow", "-m", "2"));
    }

    private Task<string> CallAsync(params string[] options) => http.CallHostAsync("shelf.web", "/", options);

    private Task<AppliedPolicy> ApplyAsync(string rules) => AppliedPolicy.ApplyAsync(http.Mesh, $"""
        apiVersion: networking.istio.io/v1
        kind: VirtualService
        metadata: {"{"}name: shelf, namespace: web{"}"}
        spec:
          hosts: [shelf]
          http:
          {rules.ReplaceLineEndings("\n  ")}
        """);
}
