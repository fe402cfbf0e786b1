namespace NodeMesh.EndToEnd;

/// <summary>Every pair of pods, inside and outside the mesh, on one node and on two, by every kind of address.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class ReachabilityTests(SharedMesh shared)
{
    public static TheoryData<string, string, int, string> Pairs()
    {
        var data = new TheoryData<string, string, int, string>();
        foreach (var source in new[] { "meshed", "plain" })
        {
            foreach (var destination in new[] { "meshed", "plain" })
            {
                foreach (var node in new[] { 1, 2 })
                {
                    foreach (var address in new[] { "service", "headless", "pod" })
                    {
                        data.Add(source, destination, node, address);
                    }
                }
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task Client_OnNode1_ReachesServerAndIsSeenByItsOwnAddress(string source, string destination, int node, string address)
    {
        var client = $"{source}/client-1";
        var (host, port) = address switch
        {
            "service" => ($"server-{node}.{destination}", "80"),
            "headless" => ($"server-{node}-headless.{destination}.svc.cluster.local", "7000"),
            _ => (await shared.Mesh.AddressAsync($"{destination}/server-{node}"), "7000"),
        };

        var answer = (await shared.Mesh.PeerAsync(client, "who", host, port)).Expect().Split(' ');

        Assert.Equal($"server-{node}", answer[0]);
        Assert.StartsWith(await shared.Mesh.AddressAsync(client) + ":", answer[1], StringComparison.Ordinal);
        Assert.Equal($"{await shared.Mesh.AddressAsync($"{destination}/server-{node}")}:7000", answer[2]);
    }

    [Theory]
    [InlineData("meshed")]
    [InlineData("plain")]
    public async Task Client_ReachesAnExternalAddress(string source)
    {
        var answer = (await shared.Mesh.PeerAsync($"{source}/client-2", "who", ExternalServer.Address, "7000")).Expect().Split(' ');
        Assert.StartsWith(await shared.Mesh.AddressAsync($"{source}/client-2") + ":", answer[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task HalfClose_OfEitherEnd_IsForwarded(int node)
    {
        (await shared.Mesh.PeerAsync("meshed/client-1", "half-close", $"server-{node}.meshed", "80")).Expect();
        var answer = (await shared.Mesh.PeerAsync("meshed/client-1", "server-first", $"server-{node}.meshed", "80")).Expect();
        Assert.Equal("greeting ended=True", answer);
    }
}
