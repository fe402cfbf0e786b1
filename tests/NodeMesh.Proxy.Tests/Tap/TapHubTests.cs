using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Tap;
using NodeMesh.Proxy.Tests.Telemetry;

namespace NodeMesh.Proxy.Tests.Tap;

public sealed class TapHubTests
{
    [Fact]
    public void Session_GetsWhatMatchesItsFilter_AndNothingAfterItLeft()
    {
        using var hub = new TapHub();
        var web = hub.TryOpen(new TapFilter { Pod = "web-1" })!;
        using var other = hub.TryOpen(new TapFilter { Namespace = "other" })!;
        var connection = TestConnections.Tunnelled();
        ((IConnectionObserver)hub).Opened(connection);
        ((IConnectionObserver)hub).Closed(connection);
        ((IRequestObserver)hub).Completed(TapFilterTests.Request());
        web.Dispose();
        ((IConnectionObserver)hub).Opened(connection);

        Assert.Equal([(true, true, false), (true, false, false), (false, false, true)], Drain(web).Select(e => (e.Connection is not null, e.Opened, e.Request is not null)));
        Assert.Empty(Drain(other));
    }

    [Fact]
    public void Connection_ThatCarriesRequests_IsShownByThem()
    {
        using var hub = new TapHub();
        using var session = hub.TryOpen(new TapFilter())!;
        var connection = TestConnections.Tunnelled();
        connection.CarriesRequests = true;
        ((IConnectionObserver)hub).Closed(connection);

        Assert.Empty(Drain(session));
    }

    [Fact]
    public void Session_WithASlowReader_LosesEventsAndCountsThem()
    {
        using var hub = new TapHub();
        using var session = hub.TryOpen(new TapFilter())!;
        for (var i = 0; i < 1500; i++)
        {
            ((IConnectionObserver)hub).Closed(TestConnections.Tunnelled(i));
        }

        Assert.Equal(1500, Drain(session).Count() + session.TakeDropped());
        Assert.Equal(0, session.TakeDropped());
    }

    [Fact]
    public void TryOpen_BeyondTheLimit_IsRefusedUntilOneLeaves()
    {
        using var hub = new TapHub();
        var sessions = Enumerable.Range(0, TapHub.MostSessions).Select(_ => hub.TryOpen(new TapFilter())!).ToList();
        Assert.Null(hub.TryOpen(new TapFilter()));
        sessions[0].Dispose();
        Assert.NotNull(hub.TryOpen(new TapFilter()));
    }

    [Fact]
    public async Task Dispose_EndsSessions()
    {
        var hub = new TapHub();
        using var session = hub.TryOpen(new TapFilter())!;
        hub.Dispose();
        Assert.False(await session.Events.WaitToReadAsync(TestContext.Current.CancellationToken));
        Assert.Null(hub.TryOpen(new TapFilter()));
    }

    private static IEnumerable<TapEvent> Drain(TapSession session)
    {
        while (session.Events.TryRead(out var item))
        {
            yield return item;
        }
    }
}
