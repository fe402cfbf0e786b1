namespace NodeMesh.Tunnel.Tests;

/// <summary>Counts the whole process's allocations, so it runs alone.</summary>
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
[Collection(nameof(AllocationTests))]
public sealed class AllocationTests
{
    [Fact]
    public async Task SteadyTransfer_AllocatesNothingPerFrame()
    {
        var total = 64L * 1024 * 1024;
        var warm = new TaskCompletionSource();
        await using var mesh = new TestMesh(async r =>
        {
            await using var c = await r.AcceptAsync([], default);
            for (var at = 0L; at < total * 2;)
            {
                var read = await c.Transport.Input.ReadAsync();
                at += read.Buffer.Length;
                c.Transport.Input.AdvanceTo(read.Buffer.End);
                if (at >= total)
                {
                    warm.TrySetResult();
                }
            }

            await c.Transport.Output.CompleteAsync();
        });
        await using var client = await mesh.ConnectAsync(mesh.CreatePool());
        var chunk = new byte[16 * 1024];
        async Task SendAsync()
        {
            for (var at = 0L; at < total; at += chunk.Length)
            {
                await client.Transport.Output.WriteAsync(chunk);
            }
        }

        await SendAsync();
        await warm.Task;
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await SendAsync();
        await TunnelConnectionTests.ReadAllAsync(client.Transport.Input);
        var perFrame = (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)(total / chunk.Length);

        // 4,096 frames of 16 KiB at both ends. Debug builds make an object of each async call, whether it waits or not.
#if DEBUG
        const double Bound = 512;
#else
        const double Bound = 64;
#endif
        Assert.True(perFrame < Bound, $"{perFrame:F0} bytes per DATA frame");
    }
}
