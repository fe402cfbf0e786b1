using NodeMesh.Dns;
using NodeMesh.Proxy.Outbound.Plain;
using NodeMesh.Proxy.Tests.DataPaths;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Outbound;

/// <summary>Names of endpoints, asked of a name server over UDP. The clock stands still: what waits for a time-out waits for ever.</summary>
public sealed class UpstreamNamesTests : IAsyncDisposable
{
    private const string Host = "api.example.com";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly NameServer _server = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LoopbackPod _pod = new("client");
    private readonly UpstreamNames _names;

    public UpstreamNamesTests() => _names = new UpstreamNames([_server.EndPoint], _time, mostNames: 16);

    public async ValueTask DisposeAsync()
    {
        await _names.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Answer_IsKeptAsLongAsItSays()
    {
        _server.Answer = NameServer.With("192.0.2.1", 20);
        Assert.Equal("192.0.2.1", await ResolveAsync());
        _time.Advance(TimeSpan.FromSeconds(19));
        Assert.Equal("192.0.2.1", await ResolveAsync());
        Assert.Equal(2, _server.Questions);

        _server.Answer = NameServer.With("192.0.2.2", 20);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("192.0.2.2", await ResolveAsync());
        Assert.Equal(4, _server.Questions);
    }

    [Fact]
    public async Task ServerThatIsAway_IsWaitedForOnceAndThenTriedInTheBackground()
    {
        _server.Answer = NameServer.With("192.0.2.1", 20);
        await ResolveAsync();
        _server.Answer = null;
        _time.Advance(TimeSpan.FromSeconds(20));

        // Two rounds of two questions, of two seconds each.
        var first = ResolveAsync();
        await TimeOutAsync(asked: 4);
        Assert.False(first.IsCompleted);
        await TimeOutAsync(asked: 6);
        Assert.Equal("192.0.2.1", await first);

        Assert.Equal("192.0.2.1", await ResolveAsync());
        _time.Advance(UpstreamNames.RetryPause - TimeSpan.FromTicks(1));
        Assert.Equal("192.0.2.1", await ResolveAsync());
        Assert.Equal(6, _server.Questions);

        _time.Advance(TimeSpan.FromTicks(1));
        Assert.Equal("192.0.2.1", await ResolveAsync());
        await Eventually.TrueAsync(() => _server.Questions == 8, "the server is not asked again after the pause");
        Assert.Equal("192.0.2.1", await ResolveAsync());

        await _server.ReleaseAsync(NameServer.With("192.0.2.2", 20));
        using var limit = new CancellationTokenSource(Patience);
        while (await ResolveAsync() != "192.0.2.2")
        {
            await Task.Delay(10, limit.Token);
        }

        Assert.Equal(8, _server.Questions);
    }

    [Fact]
    public async Task OldAnswer_CountsTenMinutesAndNoLonger()
    {
        _server.Answer = NameServer.With("192.0.2.1", 20);
        await ResolveAsync();
        _server.Answer = question => question.Reply(DnsResponseCode.ServerFailure);

        _time.Advance(TimeSpan.FromSeconds(19) + UpstreamNames.Stale);
        Assert.Equal("192.0.2.1", await ResolveAsync());
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<DnsUpstreamException>(ResolveAsync);

        _server.Answer = NameServer.With("192.0.2.2", 20);
        Assert.Equal("192.0.2.2", await ResolveAsync());
    }

    [Fact]
    public async Task ConnectionsThatNeedTheSameName_AskOnce()
    {
        var waiting = Enumerable.Range(0, 10).Select(_ => ResolveAsync()).ToList();
        await Eventually.TrueAsync(() => _server.Questions == 2, "the server is not asked");
        Assert.All(waiting, w => Assert.False(w.IsCompleted));

        await _server.ReleaseAsync(NameServer.With("192.0.2.1", 20));

        Assert.All(await Task.WhenAll(waiting), address => Assert.Equal("192.0.2.1", address));
        Assert.Equal(2, _server.Questions);
    }

    [Fact]
    public async Task ConnectionThatGivesUp_LeavesTheQuestionToTheOthers()
    {
        using var gone = new CancellationTokenSource();
        var first = _names.ResolveAsync(_pod, Host, gone.Token).AsTask();
        var second = ResolveAsync();
        await Eventually.TrueAsync(() => _server.Questions == 2, "the server is not asked");

        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        await _server.ReleaseAsync(NameServer.With("192.0.2.1", 20));

        Assert.Equal("192.0.2.1", await second);
        Assert.Equal(2, _server.Questions);
    }

    [Fact]
    public async Task PodThatCannotAsk_FailsAlone()
    {
        var mute = new LoopbackPod("mute") { HasSockets = false };
        await Assert.ThrowsAsync<DnsUpstreamException>(() => _names.ResolveAsync(mute, Host, TestContext.Current.CancellationToken).AsTask());
        _server.Answer = NameServer.With("192.0.2.1", 20);
        Assert.Equal("192.0.2.1", await ResolveAsync());

        // Its own failure does not keep the other from asking once the answer is over.
        _time.Advance(TimeSpan.FromSeconds(20));
        var old = await _names.ResolveAsync(mute, Host, TestContext.Current.CancellationToken);
        Assert.Equal("192.0.2.1", Assert.Single(old).ToString());
        _server.Answer = NameServer.With("192.0.2.2", 20);
        Assert.Equal("192.0.2.2", await ResolveAsync());
    }

    [Fact]
    public async Task Names_AreNoMoreThanTheLimit()
    {
        _server.Answer = NameServer.With("192.0.2.1", 20);
        for (var i = 0; i < 40; i++)
        {
            await ResolveAsync($"host-{i}.example.com");
            _time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.InRange(_names.Count, 1, 16);
        }

        // The newest are kept.
        var asked = _server.Questions;
        await ResolveAsync("host-39.example.com");
        Assert.Equal(asked, _server.Questions);
        await ResolveAsync("host-0.example.com");
        Assert.Equal(asked + 2, _server.Questions);
    }

    [Fact]
    public async Task Disposing_EndsQuestionsThatNobodyAnswers()
    {
        var waiting = ResolveAsync();
        await Eventually.TrueAsync(() => _server.Questions == 2, "the server is not asked");

        await _names.DisposeAsync();

        await Assert.ThrowsAsync<DnsUpstreamException>(() => waiting);
    }

    private async Task<string> ResolveAsync(string host) =>
        Assert.Single(await _names.ResolveAsync(_pod, host, TestContext.Current.CancellationToken).AsTask().WaitAsync(Patience)).ToString();

    private Task<string> ResolveAsync() => ResolveAsync(Host);

    /// <summary>Once so many questions have come, their time is over.</summary>
    private async Task TimeOutAsync(int asked)
    {
        await Eventually.TrueAsync(() => _server.Questions == asked, $"not {asked} questions, but {_server.Questions}");
        _time.Advance(new DnsForwarderOptions().AttemptTimeout);
    }
}
