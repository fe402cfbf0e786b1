using Microsoft.AspNetCore.Http;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Kubernetes.Watching;

namespace NodeMesh.Kubernetes.Tests.Watching;

/// <summary>What a sound API server sends rarely.</summary>
public sealed class WatchStreamTests
{
    [Fact]
    public async Task EventsSplitAnywhere_AreRead()
    {
        var large = new string('x', 100_000);
        var text = $$$$"""
            {"type":"ADDED","object":{"kind":"ConfigMap","metadata":{"name":"a","resourceVersion":"1"},"data":{"v":"{{{{large}}}}"}}}
            {"object":{"metadata":{"name":"b","resourceVersion":"2"}},"type":"MODIFIED"}
            {"type":"BOOKMARK","object":{"kind":"ConfigMap","metadata":{"resourceVersion":"7"}}}

            """;
        await using var server = await FakeServer.StartAsync(async (context, _) =>
        {
            for (var i = 0; i < text.Length; i += 7919)
            {
                await context.Response.WriteAsync(text.Substring(i, Math.Min(7919, text.Length - i)));
                await context.Response.Body.FlushAsync();
            }
        });
        using var client = new KubernetesClient(server.Configuration);
        var events = await client.Resources(KubernetesKinds.ConfigMaps).WatchAsync("0", null, Eventually.Limit).ToListAsync();
        Assert.Equal([WatchEventType.Added, WatchEventType.Modified, WatchEventType.Bookmark], events.Select(e => e.Type));
        Assert.Equal(large, events[0].Object!.Data!["v"]);
        Assert.Equal(["1", "2", "7"], events.Select(e => e.ResourceVersion));
        Assert.Null(events[2].Object);
    }

    [Fact]
    public async Task ErrorInTheStream_IsAnException()
    {
        await using var server = await FakeServer.StartAsync((context, _) =>
            context.Response.WriteAsync("""{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}""" + "\n"));
        using var client = new KubernetesClient(server.Configuration);
        var error = await Assert.ThrowsAsync<KubernetesException>(async () => await client.Resources(KubernetesKinds.ConfigMaps).WatchAsync("1", null, Eventually.Limit).ToListAsync());
        Assert.True(error.IsExpired);
    }

    [Theory]
    [InlineData("not json\n")]
    [InlineData("""{"type":"STRANGE","object":{}}""" + "\n")]
    [InlineData("""{"type":"ADDED"}""" + "\n")]
    public async Task NoEvent_IsAConnectionError(string line)
    {
        await using var server = await FakeServer.StartAsync((context, _) => context.Response.WriteAsync(line));
        using var client = new KubernetesClient(server.Configuration);
        await Assert.ThrowsAsync<KubernetesConnectionException>(async () => await client.Resources(KubernetesKinds.ConfigMaps).WatchAsync("1", null, Eventually.Limit).ToListAsync());
    }

    [Fact]
    public async Task HalfAnEventAtTheEnd_IsNoEvent()
    {
        await using var server = await FakeServer.StartAsync((context, _) => context.Response.WriteAsync("""{"type":"ADDED","object":{"metadata":{"name":"a"}}}"""));
        using var client = new KubernetesClient(server.Configuration);
        Assert.Empty(await client.Resources(KubernetesKinds.ConfigMaps).WatchAsync("1", null, Eventually.Limit).ToListAsync());
    }
}
