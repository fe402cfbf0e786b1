namespace NodeMesh.Local.Tests.Meshes;

[Collection(ClusterCollection.Name)]
public sealed class NetworkTests(ClusterFixture cluster)
{
    private readonly TestMesh _mesh = cluster.Mesh;

    [Theory]
    [InlineData("4")]
    [InlineData("6")]
    public async Task Service_PodOutsideTheMesh_ReachesEveryEndpoint(string family)
    {
        var answers = (await _mesh.ShellAsync("client", $"for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do {Call(family, "web")}; done")).Expect();

        var pods = (await _mesh.PodsAsync("web")).Select(p => (string)p["metadata"]!["name"]!).Order();
        Assert.Equal(pods, answers.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]).Distinct().Order());
    }

    [Fact]
    public async Task Service_ServerInAnotherPod_SeesTheCallersOwnAddress()
    {
        var address = (string)(await _mesh.GetAsync("pod", "client"))["status"]!["podIPs"]!.AsArray()[1]!["ip"]!;
        var answer = (await _mesh.ShellAsync("client", Call("6", "web"))).Expect();

        Assert.Equal(System.Net.IPAddress.Parse(address), System.Net.IPAddress.Parse(answer.Split(' ')[1].Trim()));
    }

    [Fact]
    public async Task Service_PodCallsItself_IsAnswered()
    {
        var answers = (await _mesh.ShellAsync("deploy/web", $"for i in 1 2 3 4 5 6 7 8 9 10 11 12; do {Call("4", "web")}; done; hostname")).Expect().TrimEnd().Split('\n');

        Assert.Equal(13, answers.Length);
        Assert.Contains(answers[..^1], a => a.StartsWith(answers[^1], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("10.96.77.77")]
    public async Task Service_NothingBehindIt_RefusesAtOnce(string host)
    {
        var run = await _mesh.ShellAsync("client", Call("4", host));

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("Connection refused", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dns_ServiceNames_AreKubernetesOwn()
    {
        var service = await _mesh.GetAsync("service", "web");
        var addresses = service["spec"]!["clusterIPs"]!.AsArray().Select(a => (string)a!).ToArray();
        foreach (var name in new[] { "web", "web.apps", "web.apps.svc", "web.apps.svc.cluster.local", "outside" })
        {
            Assert.Equal(addresses.Order(), (await ResolveAsync(name)).Order());
        }
    }

    [Fact]
    public async Task Dns_HeadlessService_NamesItsPods()
    {
        var pods = (await _mesh.PodsAsync("db")).SelectMany(p => p["status"]!["podIPs"]!.AsArray().Select(a => (string)a!["ip"]!));
        var second = (await _mesh.GetAsync("pod", "db-1"))["status"]!["podIPs"]!.AsArray().Select(a => (string)a!["ip"]!);

        Assert.Equal(pods.Order(), (await ResolveAsync("db")).Order());
        Assert.Equal(second.Order(), (await ResolveAsync("db-1.db")).Order());
    }

    [Fact]
    public async Task Dns_UnknownClusterName_DoesNotExist() =>
        Assert.Equal(2, (await _mesh.ExecAsync("client", "getent", "hosts", "nobody.apps.svc.cluster.local")).ExitCode);

    [Fact]
    public async Task Pod_SendsFromTheProbesAddress_IsDropped()
    {
        var web = (await _mesh.PodsAsync("web")).First(p => (string)p["spec"]!["nodeName"]! == "node-2")["status"]!["podIP"]!;
        (await _mesh.ShellAsync("client", "ip addr add 169.254.7.127/32 dev lo")).Expect();

        var run = await _mesh.ShellAsync("client", $"socat -t2 - TCP4:{web}:8080,bind=169.254.7.127,connect-timeout=2 < /dev/null; code=$?; ip addr del 169.254.7.127/32 dev lo; exit $code");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("timed out", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pod_SendsFromAnotherPodsAddress_IsDropped()
    {
        var pods = await _mesh.PodsAsync("web");
        var (target, victim) = (pods[0]["status"]!["podIP"]!, pods[1]["status"]!["podIP"]!);
        (await _mesh.ShellAsync("client", $"ip addr add {victim}/32 dev lo")).Expect();

        var run = await _mesh.ShellAsync("client", $"socat -t2 - TCP4:{target}:8080,bind={victim},connect-timeout=2 < /dev/null; code=$?; ip addr del {victim}/32 dev lo; exit $code");

        Assert.NotEqual(0, run.ExitCode);
        Assert.Contains("timed out", run.Error, StringComparison.Ordinal);
    }

    private static string Call(string family, string host) => $"socat -t5 - TCP{family}:{host}:80,connect-timeout=5 < /dev/null";

    private async Task<IEnumerable<string>> ResolveAsync(string name) =>
        (await _mesh.ExecAsync("client", "getent", "ahosts", name)).Expect().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split(' ')[0]).Distinct();
}
