using System.Net;

namespace NodeMesh.Proxy.Tests.Acceleration;

/// <summary>
/// A client's port that connection tracking knows from another redirected connection: the proxy sees another one than the client's socket has.
/// </summary>
[Collection(AccelerationCollection.Name)]
public class ReusedPortTests(AccelerationFixture fixture)
{
    /// <summary>Outside of what the kernel gives to clients.</summary>
    private const int Port = 20_001;

    [Fact]
    public async Task Connections_OfWhichTheProxySeesOnePortTranslated_BothMoveInTheKernel()
    {
        using var earlier = await fixture.ConnectAsync(Port);
        using var connection = await fixture.ConnectAsync(Port);
        Assert.Equal(Port, ((IPEndPoint)connection.Client.LocalEndPoint!).Port);
        Assert.NotEqual(Port, connection.Record.Source.Port);

        await connection.WarmUpAsync();
        await earlier.WarmUpAsync();

        Assert.True(connection.IsActive);
        Assert.True(earlier.IsActive);
    }
}
