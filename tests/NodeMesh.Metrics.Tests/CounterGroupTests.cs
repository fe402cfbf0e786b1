using NodeMesh.Testing;

namespace NodeMesh.Metrics.Tests;

public sealed class CounterGroupTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly HashSet<string> _gone = [];
    private readonly MetricRegistry _registry;
    private readonly CounterGroup _group;

    public CounterGroupTests()
    {
        _registry = new MetricRegistry(new MetricRegistryOptions { MeterPrefixes = [], MaxSeriesPerMetric = 2 }, _time);
        _group = _registry.AddCounters([new("opened_total", "Opened."), new("bytes_total", "Bytes.")], ["src", "dst"], labels => _gone.Contains(labels[0]));
    }

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void Handle_OfTheSameLabels_IsTheSameSeries()
    {
        var a = _group.Hold(["web", "db"]);
        var b = _group.Hold(["web", "db"]);
        a.Add(0);
        b.Add(1, 4096);
        Assert.Same(a, b);
        Assert.Equal(
            [
                "# HELP opened_total Opened.", "# TYPE opened_total counter", "opened_total{src=\"web\",dst=\"db\"} 1",
                "# HELP bytes_total Bytes.", "# TYPE bytes_total counter", "bytes_total{src=\"web\",dst=\"db\"} 4096",
            ],
            Scrape.Text(_registry).Split('\n')[..6]);
    }

    [Fact]
    public void TryHold_OfASeriesThatIsThere_KeepsIt()
    {
        var handle = _group.Hold(["web", "db"]);
        _group.Release(handle);
        Assert.True(_group.TryHold(handle));
        _gone.Add("web");
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Contains("src=\"web\"", Scrape.Text(_registry), StringComparison.Ordinal);
    }

    [Fact]
    public void TryHold_OfASeriesThatWasDropped_IsRefused()
    {
        var handle = _group.Hold(["web", "db"]);
        _group.Release(handle);
        _gone.Add("web");
        Scrape.Text(_registry);
        _time.Advance(TimeSpan.FromDays(1));
        Scrape.Text(_registry);
        Assert.False(_group.TryHold(handle));
    }

    [Fact]
    public void TryHold_OfTheOverflow_IsRefused()
    {
        _group.Hold(["a", "db"]);
        _group.Hold(["b", "db"]);
        Assert.False(_group.TryHold(_group.Hold(["c", "db"])));
    }

    [Fact]
    public void Series_ThatIsHeld_StaysForEver()
    {
        _gone.Add("web");
        _group.Hold(["web", "db"]);
        _time.Advance(TimeSpan.FromDays(1));
        Assert.Contains("opened_total{src=\"web\",dst=\"db\"} 0\n", Scrape.Text(_registry), StringComparison.Ordinal);
    }

    [Fact]
    public void Series_OfAGonePod_IsDroppedAfterFiveMinutes()
    {
        _group.Release(_group.Hold(["web", "db"]));
        Scrape.Text(_registry);
        _gone.Add("web");
        _time.Advance(TimeSpan.FromMinutes(4));
        Assert.Contains("src=\"web\"", Scrape.Text(_registry), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain("src=\"web\"", Scrape.Text(_registry), StringComparison.Ordinal);
    }

    [Fact]
    public void Series_ThatIsIdleButNotGone_IsDroppedAfterAnHour()
    {
        _group.Release(_group.Hold(["web", "db"]));
        Scrape.Text(_registry);
        _time.Advance(TimeSpan.FromMinutes(59));
        Assert.Contains("src=\"web\"", Scrape.Text(_registry), StringComparison.Ordinal);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.DoesNotContain("src=\"web\"", Scrape.Text(_registry), StringComparison.Ordinal);
    }

    [Fact]
    public void Hold_BeyondTheLimit_CountsIntoOverflowAndSaysSo()
    {
        foreach (var name in (string[])["a", "b", "c"])
        {
            _group.Hold([name, "db"]).Add(0);
        }

        var text = Scrape.Text(_registry);
        Assert.Equal(2, _group.Count);
        Assert.Contains("opened_total{overflow=\"true\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("nodemesh_metrics_overflow_total{metric=\"opened_total\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Hold_WithTheWrongNumberOfLabels_Throws() => Assert.Throws<ArgumentException>(() => _group.Hold(["a"]));
}
