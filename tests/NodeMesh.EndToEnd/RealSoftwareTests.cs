namespace NodeMesh.EndToEnd;

/// <summary>PostgreSQL, Redis, nginx and an HTTP/2 server over connections within a node, in the kernel and not.</summary>
public sealed class RealSoftwareTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(8);

    [Fact]
    public async Task RealSoftware_WithAndWithoutInKernelForwarding_GivesTheSameResults()
    {
        var result = await Command.RunAsync(Path.Combine(Command.Root, "scripts", "real-software"), [], Limit);

        Assert.EndsWith("real software: same results with and without in-kernel forwarding", result.Expect().TrimEnd(), StringComparison.Ordinal);
    }
}
