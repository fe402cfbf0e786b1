using System.Net;
using Microsoft.AspNetCore.Http;
using NodeMesh.Kubernetes.Configuration;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests.Http;

public sealed class RetryTests
{
    private const string Version = """{"major":"1","minor":"20","gitVersion":"v1.20.2"}""";

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task SentAway_ComesBackWhenAsked(int status)
    {
        await using var server = await FakeServer.StartAsync((context, n) => n < 3 ? RefuseAsync(context, status, "0") : context.Response.WriteAsync(Version));
        using var client = new KubernetesClient(server.Configuration);
        Assert.Equal("v1.20.2", (await client.GetVersionAsync()).GitVersion);
        Assert.Equal(3, server.Requests);
    }

    [Fact]
    public async Task ServerErrorWithoutRetryAfter_IsNotRepeated()
    {
        await using var server = await FakeServer.StartAsync((context, _) => RefuseAsync(context, 500, null));
        using var client = new KubernetesClient(server.Configuration);
        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.GetVersionAsync());
        Assert.Equal(HttpStatusCode.InternalServerError, error.StatusCode);
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task WaitBeyondTheTimeout_FailsAtOnceWithPriorityAndFairness()
    {
        await using var server = await FakeServer.StartAsync((context, _) => RefuseAsync(context, 429, "20"));
        using var client = new KubernetesClient(server.Configuration, new KubernetesClientOptions { RequestTimeout = TimeSpan.FromSeconds(10) });
        var error = await Assert.ThrowsAsync<KubernetesException>(() => client.GetVersionAsync());
        Assert.True(error.IsTooManyRequests);
        Assert.InRange(error.RetryAfter!.Value.TotalSeconds, 20, 22);
        Assert.Equal(("flow", "level"), (error.FlowSchemaUid, error.PriorityLevelUid));
        Assert.Equal(1, server.Requests);
    }

    [Fact]
    public async Task AlwaysSentAway_GivesUpAfterTenTries()
    {
        await using var server = await FakeServer.StartAsync((context, _) => RefuseAsync(context, 429, "0"));
        using var client = new KubernetesClient(server.Configuration);
        await Assert.ThrowsAsync<KubernetesException>(() => client.GetVersionAsync());
        Assert.Equal(10, server.Requests);
    }

    [Fact]
    public async Task SilentServer_TimesOut()
    {
        await using var server = await FakeServer.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var client = new KubernetesClient(server.Configuration, new KubernetesClientOptions { RequestTimeout = TimeSpan.FromMilliseconds(300) });
        var error = await Assert.ThrowsAsync<KubernetesConnectionException>(() => client.GetVersionAsync());
        Assert.True(error.IsTimeout);
        Assert.Contains("/version within 0.3 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CallersCancellation_StaysACancellation()
    {
        await using var server = await FakeServer.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using var client = new KubernetesClient(server.Configuration);
        using var stop = new CancellationTokenSource(100);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.GetVersionAsync(stop.Token));
    }

    [Fact]
    public async Task NoServer_IsToldByAddress()
    {
        using var client = new KubernetesClient(new KubernetesClientConfiguration { Host = new Uri("http://127.0.0.1:1") });
        var error = await Assert.ThrowsAsync<KubernetesConnectionException>(() => client.GetVersionAsync());
        Assert.Contains("http://127.0.0.1:1/ cannot be reached: Connection refused", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ConnectionThatBreaksUnderARead_IsMadeAgain()
    {
        await using var server = await FakeServer.StartAsync((context, n) =>
        {
            if (n == 1)
            {
                context.Abort();
                return Task.CompletedTask;
            }

            return context.Response.WriteAsync(Version);
        });
        using var client = new KubernetesClient(server.Configuration);
        Assert.Equal("v1.20.2", (await client.GetVersionAsync()).GitVersion);
    }

    [Fact]
    public async Task RefusedCredential_IsRenewedOnce()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("token", "old");
        await using var server = await FakeServer.StartAsync((context, n) =>
        {
            if (context.Request.Headers.Authorization == "Bearer new")
            {
                return context.Response.WriteAsync(Version);
            }

            File.WriteAllText(file, n == 1 ? "new" : "newer");
            return RefuseAsync(context, 401, null);
        });
        using var client = new KubernetesClient(server.Configuration with { TokenFile = file });
        Assert.Equal("v1.20.2", (await client.GetVersionAsync()).GitVersion);
        Assert.Equal(2, server.Requests);
    }

    [Fact]
    public async Task Impersonation_IsSent()
    {
        string? seen = null;
        await using var server = await FakeServer.StartAsync((context, _) =>
        {
            seen = $"{context.Request.Headers["Impersonate-User"]} {context.Request.Headers["Impersonate-Group"]}";
            return context.Response.WriteAsync(Version);
        });
        using var client = new KubernetesClient(server.Configuration with { Impersonate = new Impersonation("me") { Group = "a" } });
        await client.GetVersionAsync();
        Assert.Equal("me a", seen);
    }

    private static Task RefuseAsync(HttpContext context, int status, string? after)
    {
        context.Response.StatusCode = status;
        context.Response.Headers["X-Kubernetes-PF-FlowSchema-UID"] = "flow";
        context.Response.Headers["X-Kubernetes-PF-PriorityLevel-UID"] = "level";
        if (after is not null)
        {
            context.Response.Headers.RetryAfter = after;
        }

        return context.Response.WriteAsync("no");
    }
}
