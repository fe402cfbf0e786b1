namespace NodeMesh.EndToEnd;

/// <summary>Much data and many connections through one pair of nodes.</summary>
[Collection(SharedMeshCollection.Name)]
public sealed class TransferTests(SharedMesh shared)
{
    private const long Gibibyte = 1L << 30;

    [Fact]
    public async Task OneGibibyteEachWay_OverTheTunnel_ArrivesWithEqualSha256()
    {
        var client = (await shared.Mesh.PeerAsync("meshed/client-1", "duplex", "server-2.meshed", "80", $"{Gibibyte}")).Expect().Split(' ');
        var server = (await Eventually.GetAsync(
            () => shared.Mesh.LogAsync("meshed/server-2"),
            log => log.Contains($"received {Gibibyte}", StringComparison.Ordinal))).Split('\n').Last(l => l.StartsWith("duplex", StringComparison.Ordinal)).Trim().Split(' ');

        // duplex sent SHA received BYTES SHA
        Assert.Equal(client[2], server[5]);
        Assert.Equal(server[2], client[5]);
    }

    [Fact]
    public async Task TwoThousandConnectionsAtOnce_OverOnePairOfNodes_AllEcho() =>
        Assert.Equal("ok 2000 of 2000", (await shared.Mesh.PeerAsync("meshed/client-1", "storm", "server-2.meshed", "80", "2000")).Expect());
}
