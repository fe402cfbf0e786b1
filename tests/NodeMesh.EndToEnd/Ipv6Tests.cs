namespace NodeMesh.EndToEnd;

/// <summary>The same mesh over IPv6: pods' and services' second addresses.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class Ipv6Tests(SharedMesh shared)
{
    [Theory]
    [InlineData("meshed", 1)]
    [InlineData("meshed", 2)]
    [InlineData("plain", 2)]
    public async Task Client_ReachesPodsAndServicesAndIsSeenByItsOwnAddress(string source, int node)
    {
        var client = await SecondPodAddressAsync(source, "client-1");
        var service = (string)(await shared.Mesh.GetAsync("service", "meshed", $"server-{node}"))["spec"]!["clusterIPs"]![1]!;
        foreach (var (host, port) in new[] { (await SecondPodAddressAsync("meshed", $"server-{node}"), "7000"), (service, "80") })
        {
            var answer = (await shared.Mesh.PeerAsync($"{source}/client-1", "who", host, port)).Expect().Split(' ');
            Assert.Equal($"server-{node}", answer[0]);
            Assert.StartsWith($"[{client}]:", answer[1], StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Strict_PlaintextOverIpv6IsRefused()
    {
        await using var policy = await AppliedPolicy.ApplyAsync(shared.Mesh, """
            apiVersion: security.istio.io/v1
            kind: PeerAuthentication
            metadata: {name: strict-v6, namespace: meshed}
            spec: {mtls: {mode: STRICT}}
            """);
        var server = await SecondPodAddressAsync("meshed", "server-2");
        await Eventually.GetAsync(() => shared.Mesh.PeerAsync("plain/client-1", "who", server, "7000"), r => r.ExitCode == 1);
        (await shared.Mesh.PeerAsync("meshed/client-1", "who", server, "7000")).Expect();
    }

    private async Task<string> SecondPodAddressAsync(string ns, string pod) =>
        (string)(await shared.Mesh.GetAsync("pod", ns, pod))["status"]!["podIPs"]![1]!["ip"]!;
}
