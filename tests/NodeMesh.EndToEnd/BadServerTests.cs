using System.Globalization;

namespace NodeMesh.EndToEnd;

/// <summary>Servers that answer what they should not, or not at all: the client gets the status that stands for it, the access line the flag, and the next request a good answer.</summary>
[Collection(ResilienceMeshCollection.Name)]
public sealed class BadServerTests(ResilienceMesh res)
{
    [Theory]
    [InlineData("/garbage", "", "502", "502 UPE")]
    [InlineData("/close", "", "503", "503 UC")]
    [InlineData("/reset", "", "503", "503 UC")]
    [InlineData("/slow", "-H x-envoy-upstream-rq-timeout-ms:500", "504", "504 UT")]
    [InlineData("/early", "-H Expect: --data-binary @-", "413", "413 -")]
    public async Task Server_ThatMisbehaves_HasItsStatusAndFlag_AndTheNextRequestIsWell(string path, string options, string status, string flags)
    {
        await res.IsPlainAsync();
        // Connections that are kept, for what follows to be sent over one of them.
        Assert.Equal("goodgoodgood", await res.CurlAsync("http://bad.res/fine?[1-3]"));
        path = $"{path}?{res.NextKey()}";
        var result = await res.Mesh.ExecAsync(
            "res/client", "sh", "-c", $"head -c 5000000 /dev/zero | curl -s -m 60 -X POST -o /dev/null -w '%{{http_code}}' {options.Replace("Expect:", "'Expect:'", StringComparison.Ordinal)} 'http://bad.res{path}'");

        Assert.Equal(status, result.Output.Trim());
        Assert.Equal(flags, await res.FlagsAsync(path));
        Assert.Equal("goodgoodgoodgoodgood", await res.CurlAsync("http://bad.res/fine?[1-5]"));
    }

    [Fact]
    public async Task Stream_ThatTheServerResets_HasItsFlag_AndTheNextIsWell()
    {
        await res.IsPlainAsync();
        // CANCEL and the like are retried for gRPC; a POST of another kind is not.
        Assert.EndsWith(" 503", await res.AskAsync("--http2-prior-knowledge", "-d", "x", "http://one.res:81/peer.Echo/Reset"), StringComparison.Ordinal);
        Assert.Equal("503 UR", await res.FlagsAsync("/peer.Echo/Reset"));
        Assert.Equal("1 status 0", await res.GrpcAsync("one.res:81", "Unary"));
    }

    [Fact]
    public async Task Regex_ThatCouldBlowUp_IsRefused_AndTrafficGoesOn()
    {
        await res.IsPlainAsync();
        const string Route = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: bad, namespace: res}
            spec:
              hosts: [bad]
              http:
              - match: [{uri: {regex: "/(a+)+\\1"}}]
                fault: {abort: {percentage: {value: 100}, httpStatus: 418}}
                route: [{destination: {host: bad}}]
            """;
        var error = await Assert.ThrowsAnyAsync<Exception>(() => res.Mesh.ApplyAsync(Route));
        Assert.Contains("regex", error.Message, StringComparison.Ordinal);
        Assert.Equal("good 200", await res.AskAsync("http://bad.res/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"));
    }

    [Fact]
    public async Task ResiliencePolicies_ThatSayTheSame_AreDecidedByAge()
    {
        await res.IsPlainAsync();
        await using var older = await res.ApplyAsync(Policy("older"));

        // Resources are as old as the second in which they were made.
        var made = DateTimeOffset.Parse((await res.Mesh.GetAsync("resiliencepolicy", "res", "older"))["metadata"]!["creationTimestamp"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        await Eventually.GetAsync(() => Task.FromResult(DateTimeOffset.UtcNow - made), age => age > TimeSpan.FromSeconds(1));
        await using var newer = await res.ApplyAsync(Policy("anewer"));
        await Eventually.GetAsync(async () => (await res.Mesh.GetAsync("resiliencepolicy", "res", "anewer")).ToJsonString(), text => text.Contains("ResiliencePolicy res/older", StringComparison.Ordinal));
        Assert.DoesNotContain("anewer", (await res.Mesh.GetAsync("resiliencepolicy", "res", "older"))["status"]?.ToJsonString() ?? "", StringComparison.Ordinal);
    }

    private static string Policy(string name) => $"""
        apiVersion: nodemesh.io/v1alpha1
        kind: ResiliencePolicy
        metadata: {"{"}name: {name}, namespace: res{"}"}
        spec:
          targetRefs: [{"{"}kind: Service, name: bad{"}"}]
          panicThreshold: 10
        """;
}
