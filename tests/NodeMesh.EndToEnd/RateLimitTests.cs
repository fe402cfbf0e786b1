namespace NodeMesh.EndToEnd;

/// <summary>A limit that two nodes share, with a control plane that goes away and comes back. A mesh of its own.</summary>
public sealed class RateLimitTests : IAsyncLifetime
{
    private const int Limit = 10;
    private const string Alone = "are decided by this node alone";
    private const string Shared = "are shared again";

    private static readonly string[] Nodes = ["node-1", "node-2"];

    private TestMesh _mesh = null!;
    // Their counts outlive a test on a cluster, where this one runs twice.
    private readonly string _run = Guid.NewGuid().ToString();
    private int _users;
    private string _refusal = "";

    public async ValueTask InitializeAsync() => _mesh = await TestMesh.UpAsync($"{TestMesh.Prefix}-rates", "rates.yaml");

    public ValueTask DisposeAsync() => _mesh.DisposeAsync();

    [Fact]
    public async Task MeshLimit_OfTwoNodes_IsSharedWhileTheControlPlaneAnswersAndEachNodesOwnWhileItDoesNot()
    {
        await Task.WhenAll(Nodes.Select(IsLimitedAsync));
        await SharesAsync();

        var refused = _refusal;
        Assert.Contains("HTTP/1.1 429 ", refused, StringComparison.Ordinal);
        Assert.Contains("\nratelimit: \"per-user\";r=0;t=", refused, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\nratelimit-policy: \"per-user\";q=10;w=86400", refused, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("\nretry-after: ", refused, StringComparison.OrdinalIgnoreCase);

        var control = $"{await _mesh.ProcessIdAsync("control", null)}";
        (await Command.RunAsync("kill", ["-STOP", control])).Expect();
        try
        {
            await Task.WhenAll(Nodes.Select(n => SaysMoreAsync(n, Alone)));
            var user = NextUser();
            var counts = await Task.WhenAll(Nodes.Select(n => AllowedAsync(n, user, 2 * Limit)));
            Assert.Equal([Limit, Limit], counts);
        }
        finally
        {
            (await Command.RunAsync("kill", ["-CONT", control])).Expect();
        }

        await Task.WhenAll(Nodes.Select(n => SaysMoreAsync(n, Shared)));
        await SharesAsync();
    }

    /// <summary>
    /// Both nodes' clients send more than the limit at once, and get no more than it together; then go on until all of it was used, also what one
    /// node held and gave back. A node that found the control plane slow meanwhile, as on a busy machine, said so, and then it is done again for another user.
    /// </summary>
    private async Task SharesAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            await Task.WhenAll(Nodes.Select(IsSharedAsync));
            var before = await Task.WhenAll(Nodes.Select(n => LinesAsync(n, Alone)));
            var user = NextUser();
            var allowed = (await Task.WhenAll(Nodes.Select(n => AllowedAsync(n, user, Limit)))).Sum();
            for (var i = 0; i < 100 && allowed < Limit; i++)
            {
                allowed += await AllowedAsync(Nodes[i % 2], user, 1);
            }

            var after = (await Task.WhenAll(Nodes.Select(n => AllowedAsync(n, user, 2)))).Sum();
            _refusal = await CallAsync("node-1", user, 1, "-D", "-");
            var then = await Task.WhenAll(Nodes.Select(n => LinesAsync(n, Alone)));
            if (before.AsEnumerable().SequenceEqual(then))
            {
                Assert.Equal((Limit, 0), (allowed, after));
                return;
            }

            Assert.True(attempt < 10, "the control plane is always too slow");
        }
    }

    private string NextUser() => $"{_run}-{++_users}";

    /// <summary>The policy has come to the node, and more than the limit is refused.</summary>
    private Task IsLimitedAsync(string node) => Eventually.GetAsync(() => CallAsync(node, $"{_run}-{node}", Limit + 1), seen => seen.Contains("429", StringComparison.Ordinal));

    private Task IsSharedAsync(string node) => Eventually.GetAsync(
        async () => await LinesAsync(node, Alone) - await LinesAsync(node, Shared), difference => difference == 0);

    /// <summary>Sends requests until the node's log has said something once more.</summary>
    private async Task SaysMoreAsync(string node, string what)
    {
        var other = what == Alone ? Shared : Alone;
        await Eventually.GetAsync(
            async () =>
            {
                await CallAsync(node, Guid.NewGuid().ToString(), 1);
                return (await LinesAsync(node, what), await LinesAsync(node, other));
            },
            seen => what == Alone ? seen.Item1 > seen.Item2 : seen.Item1 == seen.Item2);
    }

    private async Task<int> LinesAsync(string node, string what) =>
        (await _mesh.ProxyLogAsync(node)).Split('\n').Count(l => l.Contains(what, StringComparison.Ordinal));

    private async Task<int> AllowedAsync(string node, string user, int requests) =>
        (await CallAsync(node, user, requests)).Split(' ', StringSplitOptions.RemoveEmptyEntries).Count(s => s == "200");

    /// <summary>Requests of the client on a node, one after the other on one connection: their statuses.</summary>
    private async Task<string> CallAsync(string node, string user, int requests, params string[] options) =>
        (await _mesh.ExecAsync(
            $"rates/{node.Replace("node", "client", StringComparison.Ordinal)}",
            ["curl", "-s", "-m", "30", "-o", "/dev/null", "-w", "%{http_code} ", "-H", $"x-user: {user}", .. options, $"http://api.rates/?[1-{requests}]"])).Output;
}
