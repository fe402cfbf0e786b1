using System.Globalization;

namespace NodeMesh.EndToEnd;

/// <summary>What is tried again, and for how long.</summary>
[Collection(ResilienceMeshCollection.Name)]
public sealed class RetryTests(ResilienceMesh res)
{
    [Fact]
    public async Task WithoutAPolicy_WhatNoApplicationHasDone_IsTriedTwiceMore_AndNothingElse()
    {
        await res.IsPlainAsync();
        Assert.EndsWith(" 503", await res.AskAsync("http://one.res:82/closed"), StringComparison.Ordinal);
        Assert.Equal("503 UF,URX", await res.FlagsAsync("/closed"));
        Assert.Equal(3, (int)(await res.LineAsync("/closed"))["attempts"]!);

        Assert.Equal("1 status 0", await res.GrpcAsync("one.res:81", "Flaky"));
        Assert.Equal(3, (int)(await res.LineAsync("/peer.Echo/Flaky"))["attempts"]!);

        Assert.Equal("try 1 503", await res.AskAsync("http://one.res/fail?times=1&key=unasked"));
        var key = res.NextKey();
        Assert.EndsWith(" 503", await res.AskAsync("-d", "once", $"http://bad.res/close?{key}"), StringComparison.Ordinal);
        Assert.Equal("1", await res.CurlAsync($"http://bad.res/count?{key}"));
    }

    [Fact]
    public async Task VirtualService_RepeatsWhatCanBeKept_AndTellsEachTryHowLongItHas()
    {
        await res.IsPlainAsync();
        await using var route = await res.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: one, namespace: res}
            spec:
              hosts: [one]
              http:
              - timeout: 40s
                retries: {attempts: 2, retryOn: 5xx, perTryTimeout: 35s}
                route: [{destination: {host: one}}]
            """);
        await Eventually.GetAsync(() => res.AskAsync($"http://one.res/fail?times=1&key={res.NextKey()}"), seen => seen == "try 2 200");

        Assert.Equal("try 2 200", await res.AskAsync("-d", new string('x', 10_000), $"http://one.res/fail?times=1&key={res.NextKey()}"));
        Assert.Equal("try 1 503", await res.AskAsync("-d", new string('x', 100_000), $"http://one.res/fail?times=1&key={res.NextKey()}"));

        var key = res.NextKey();
        Assert.Equal("try 3 200", await res.AskAsync("-H", "x-envoy-upstream-rq-timeout-ms: 30000", $"http://one.res/fail?times=2&key={key}"));
        var told = (await res.CurlAsync($"http://one.res/notes?key={key}")).Split(' ').Select(t => int.Parse(t, CultureInfo.InvariantCulture)).ToArray();
        Assert.Equal(3, told.Length);
        Assert.True(told[0] <= 30_000 && told[1] < told[0] && told[2] < told[1] && told[2] > 0, string.Join(' ', told));

        // The call's own deadline is longer than the rule's.
        var deadline = await res.GrpcAsync("one.res:81", "Deadline", "50S");
        Assert.EndsWith(" status 0", deadline, StringComparison.Ordinal);
        Assert.InRange(Seconds(deadline.Split(' ')[0]), 0.001, 35);
        Assert.InRange(Seconds((await res.GrpcAsync("one.res:81", "Deadline", "20S")).Split(' ')[0]), 0.001, 20);
    }

    [Fact]
    public async Task Hedging_OfAResiliencePolicy_SendsASecondTryBesideASlowOne()
    {
        await res.IsPlainAsync();
        await using var policy = await res.ApplyAsync("""
            apiVersion: nodemesh.io/v1alpha1
            kind: ResiliencePolicy
            metadata: {name: one, namespace: res}
            spec:
              targetRefs: [{kind: Service, name: one}]
              hedging: {onPerTryTimeout: true, perTryTimeout: 300ms}
            """);
        var before = await res.SumAsync("nodemesh_hedged_tries_total");
        var key = "";
        await Eventually.GetAsync(
            async () => (await res.TryCurlAsync("-m", "10", $"http://one.res/slow?key={key = res.NextKey()}")).Output, seen => seen.StartsWith("try ", StringComparison.Ordinal));

        var line = await res.LineAsync($"/slow?key={key}");
        Assert.Equal((200, "-"), ((int)line["response_code"]!, (string?)line["response_flags"]));
        Assert.InRange((int)line["attempts"]!, 2, 3);
        Assert.True(await res.SumAsync("nodemesh_hedged_tries_total") > before);
    }

    [Fact]
    public async Task Answer_ThatHasBegun_IsNeverTriedAgain()
    {
        await res.IsPlainAsync();
        await using var route = await res.ApplyAsync("""
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: bad, namespace: res}
            spec:
              hosts: [bad]
              http:
              - retries: {attempts: 3, retryOn: "5xx,reset"}
                route: [{destination: {host: bad}}]
            """);
        await Eventually.GetAsync(TriesAsync, tries => tries == "4");

        // The server resets once the client says that it has the beginning.
        var key = res.NextKey();
        var client = await res.Mesh.ExecAsync("res/client", "sh", "-c", $"""
            got=$(mktemp)
            curl -s -N -m 60 -d once 'http://bad.res/half?{key}' >$got & pid=$!
            until grep -q half $got; do sleep 0.05; done
            curl -s -m 20 'http://bad.res/seen?{key}-seen' >/dev/null
            wait $pid; echo "$(cat $got) and exit $?"; rm $got
            """);
        Assert.Matches("^half and exit (18|56)$", client.Expect());
        Assert.Equal("1", await res.CurlAsync($"http://bad.res/count?{key}"));
        Assert.Equal("200 UC", await res.FlagsAsync($"/half?{key}"));
    }

    private async Task<string> TriesAsync()
    {
        var key = res.NextKey();
        await res.TryCurlAsync("-d", "again", $"http://bad.res/close?{key}");
        return await res.CurlAsync($"http://bad.res/count?{key}");
    }

    /// <summary>A time as gRPC writes it.</summary>
    private static double Seconds(string text) => double.Parse(text[..^1], CultureInfo.InvariantCulture) * text[^1] switch { 'S' => 1, 'm' => 1e-3, 'u' => 1e-6, 'n' => 1e-9, _ => throw new FormatException(text) };
}
