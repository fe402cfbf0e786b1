using NodeMesh.Kubernetes.Models;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests;

public sealed class ListTests(ApiServer api)
{
    [Fact]
    public async Task Pages_AddUpToAll()
    {
        var maps = await FilledAsync(25);
        var first = await maps.ListAsync(new ListOptions { Limit = 10 });
        Assert.Equal(10, first.Items.Count);
        Assert.Equal(15, first.Metadata.RemainingItemCount);
        var all = await maps.ListAllAsync(new ListOptions { Limit = 10 });
        Assert.Equal(Names(25), all.Items.Select(m => m.Metadata.Name!));
        Assert.NotNull(all.Metadata.ResourceVersion);
    }

    [Fact]
    public async Task ForgottenPage_IsExpired()
    {
        var maps = await FilledAsync(3);
        var first = await maps.ListAsync(new ListOptions { Limit = 1 });
        await maps.CreateAsync(ApiServer.ConfigMap("later"));
        await api.CompactAsync();
        var error = await Assert.ThrowsAsync<KubernetesException>(() => maps.ListAsync(new ListOptions { Limit = 1, Continue = first.Metadata.Continue }));
        Assert.True(error.IsExpired);
    }

    [Fact]
    public async Task ListThatOutlivesItsVersion_BeginsAnew()
    {
        var maps = await FilledAsync(6);
        // The relay holds the client up after its first page, long enough for etcd to forget it.
        var pages = 0;
        await using var server = await FakeServer.StartAsync(async (context, _) =>
        {
            if (++pages == 2)
            {
                await maps.CreateAsync(ApiServer.ConfigMap("later"));
                await api.CompactAsync();
            }

            try
            {
                await context.Response.Body.WriteAsync(await api.Admin.GetRawAsync(context.Request.Path + context.Request.QueryString));
            }
            catch (KubernetesException e)
            {
                context.Response.StatusCode = (int)e.StatusCode;
                await context.Response.Body.WriteAsync(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(e.Status, KubernetesJsonContext.Default.V1Status));
            }
        });
        using var client = new KubernetesClient(server.Configuration);
        var all = await client.Resources(KubernetesKinds.ConfigMaps).InNamespace(maps.Namespace).ListAllAsync(new ListOptions { Limit = 2 });
        Assert.Equal(["later", .. Names(6)], all.Items.Select(m => m.Metadata.Name!).Order(StringComparer.Ordinal));
        Assert.Equal(3, pages);
    }

    [Fact]
    public async Task Selectors_Select()
    {
        var maps = await FilledAsync(3);
        await maps.PatchAsync(V1Patch.Merge("""{"metadata":{"labels":{"app":"web"}}}"""), "m01");
        Assert.Equal("m01", Assert.Single((await maps.ListAsync(new ListOptions { LabelSelector = "app in (web,shop)" })).Items).Metadata.Name);
        Assert.Equal("m02", Assert.Single((await maps.ListAsync(new ListOptions { FieldSelector = "metadata.name=m02" })).Items).Metadata.Name);
    }

    private static IEnumerable<string> Names(int count) => Enumerable.Range(0, count).Select(i => $"m{i:00}");

    private async Task<ResourceClient<V1ConfigMap>> FilledAsync(int count)
    {
        var maps = api.Admin.Resources(KubernetesKinds.ConfigMaps).InNamespace(await api.NamespaceAsync());
        await Task.WhenAll(Names(count).Select(n => maps.CreateAsync(ApiServer.ConfigMap(n))));
        return maps;
    }
}
