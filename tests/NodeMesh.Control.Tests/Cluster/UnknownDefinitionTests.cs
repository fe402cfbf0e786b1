using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Control.Sources.Cluster;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>Kinds that are not served by an API server that does not say whether they are defined.</summary>
public sealed class UnknownDefinitionTests
{
    [Theory]
    [InlineData(500, false)]
    [InlineData(503, false)]
    [InlineData(403, true)]
    public async Task SecurityKindThatMayBeDefined_KeepsAControlPlaneWaitingUntilThatIsKnown(int status, bool complete)
    {
        await using var server = await FakeServer.StartAsync((context, _) => AnswerAsync(context, Volatile.Read(ref status)));
        using var client = new KubernetesClient(server.Configuration);
        await using var kinds = new FollowedKinds(client, TimeProvider.System, NullLogger.Instance, static () => { });
        var ct = TestContext.Current.CancellationToken;

        await kinds.MatchAsync(await client.Discovery.GetServedAsync(ct), ct);
        Assert.Equal(complete, (await kinds.SettleAsync(ct)).Complete);

        Volatile.Write(ref status, 200);
        Assert.True((await kinds.SettleAsync(ct)).Complete);
    }

    private static Task AnswerAsync(HttpContext context, int definitions)
    {
        if (!context.Request.Path.Value!.EndsWith("/customresourcedefinitions", StringComparison.Ordinal))
        {
            return context.Response.WriteAsync("""{"kind":"APIGroupList","apiVersion":"v1","groups":[],"versions":[]}""");
        }

        context.Response.StatusCode = definitions;
        return context.Response.WriteAsync(definitions == 200
            ? """{"kind":"CustomResourceDefinitionList","apiVersion":"apiextensions.k8s.io/v1","metadata":{},"items":[]}"""
            : """{"kind":"Status","apiVersion":"v1","metadata":{},"status":"Failure","message":"no","code":0}""");
    }
}
