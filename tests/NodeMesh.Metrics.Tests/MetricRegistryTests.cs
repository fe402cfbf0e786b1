using System.Diagnostics.Metrics;

namespace NodeMesh.Metrics.Tests;

public sealed class MetricRegistryTests : IDisposable
{
    private readonly string _meterName = $"NodeMesh.Test.{Guid.NewGuid():N}";
    private readonly Meter _meter;
    private readonly MetricRegistry _registry;

    public MetricRegistryTests()
    {
        _meter = new Meter(_meterName);
        _registry = new MetricRegistry(new MetricRegistryOptions { MeterPrefixes = [_meterName], MaxSeriesPerMetric = 3 }, TimeProvider.System);
    }

    public void Dispose()
    {
        _registry.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void Counter_WithTagsInTwoOrders_IsOneSeries()
    {
        var counter = _meter.CreateCounter<long>("nodemesh.calls", description: "Calls.");
        counter.Add(2, new("b", "2"), new("a", 1));
        counter.Add(3, new("a", 1), new("b", "2"));
        Assert.Equal(["# HELP nodemesh_calls_total Calls.", "# TYPE nodemesh_calls_total counter", "nodemesh_calls_total{a=\"1\",b=\"2\"} 5"], Scrape.Lines(_registry, "nodemesh_calls"));
    }

    [Fact]
    public void Counter_InOpenMetrics_NamesTheFamilyWithoutTotal()
    {
        _meter.CreateCounter<long>("nodemesh.calls").Add(1);
        Assert.Equal(["# TYPE nodemesh_calls counter", "nodemesh_calls_total 1"], Scrape.Lines(_registry, "nodemesh_calls", MetricsFormat.OpenMetrics));
        Assert.EndsWith("\n# EOF\n", Scrape.Text(_registry, MetricsFormat.OpenMetrics), StringComparison.Ordinal);
    }

    [Fact]
    public void Label_WithQuoteBackslashAndNewline_IsEscaped()
    {
        _meter.CreateCounter<long>("c").Add(1, new KeyValuePair<string, object?>("why-not", "a\"b\\c\nd"));
        Assert.Contains("c_total{why_not=\"a\\\"b\\\\c\\nd\"} 1\n", Scrape.Text(_registry), StringComparison.Ordinal);
    }

    [Fact]
    public void Histogram_WithAdvice_HasCumulativeBuckets()
    {
        var histogram = _meter.CreateHistogram("handshake", "s", "Time.", null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in (double[])[0.5, 0.7, 4])
        {
            histogram.Record(value);
        }

        Assert.Equal(
            [
                "# HELP handshake_seconds Time.",
                "# TYPE handshake_seconds histogram",
                "handshake_seconds_bucket{le=\"0.5\"} 1",
                "handshake_seconds_bucket{le=\"1\"} 2",
                "handshake_seconds_bucket{le=\"+Inf\"} 3",
                "handshake_seconds_sum 5.2",
                "handshake_seconds_count 3",
            ],
            Scrape.Lines(_registry, "handshake"));
        Assert.Contains("handshake_seconds_bucket{le=\"1.0\"} 2", Scrape.Lines(_registry, "handshake", MetricsFormat.OpenMetrics));
    }

    [Fact]
    public void UpDownCounter_AfterBothSigns_IsAGaugeOfTheLevel()
    {
        var open = _meter.CreateUpDownCounter<int>("open");
        open.Add(5);
        open.Add(-2);
        Assert.Equal(["# TYPE open gauge", "open 3"], Scrape.Lines(_registry, "open"));
    }

    [Fact]
    public void ObservableGauge_ThatStopsReportingALabel_LosesTheSeries()
    {
        string[] pods = ["a", "b"];
        _meter.CreateObservableGauge("age", () => pods.Select(p => new Measurement<double>(1.5, new KeyValuePair<string, object?>("pod", p))), "s");
        Assert.Contains("age_seconds{pod=\"b\"} 1.5", Scrape.Lines(_registry, "age"));
        pods = ["a"];
        Assert.Equal(["# TYPE age_seconds gauge", "age_seconds{pod=\"a\"} 1.5"], Scrape.Lines(_registry, "age"));
    }

    [Fact]
    public void Observable_ThatThrows_LeavesTheOthersAndIsCounted()
    {
        _meter.CreateObservableGauge("bad", new Func<int>(() => throw new InvalidOperationException("no")));
        _meter.CreateObservableGauge("good", () => 7);
        var text = Scrape.Text(_registry);
        Assert.Contains("good 7\n", text, StringComparison.Ordinal);
        Assert.Contains("nodemesh_metrics_read_errors_total 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Counter_BeyondTheLimitOfSeries_AddsToOverflow()
    {
        var counter = _meter.CreateCounter<long>("c");
        for (var i = 0; i < 10; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("i", i));
        }

        var lines = Scrape.Lines(_registry, "c_total{");
        Assert.Equal(4, lines.Count(l => l.StartsWith("c_total{", StringComparison.Ordinal)));
        Assert.Contains("c_total{overflow=\"true\"} 7", lines);
        Assert.Contains("nodemesh_metrics_overflow_total{metric=\"c_total\"} 7", Scrape.Lines(_registry, "overflow_total"));
    }

    [Fact]
    public void Meter_OfAnotherName_IsNotCollected()
    {
        using var other = new Meter("Other");
        other.CreateCounter<long>("stray").Add(1);
        Assert.DoesNotContain("stray", Scrape.Text(_registry), StringComparison.Ordinal);
    }

    [Fact]
    public void Counters_OfTwoMetersOfOneName_AddUp()
    {
        using var second = new Meter(_meterName);
        _meter.CreateCounter<long>("c").Add(1);
        second.CreateCounter<long>("c").Add(2);
        Assert.Equal(["# TYPE c_total counter", "c_total 3"], Scrape.Lines(_registry, "c_total"));
    }

    [Fact]
    public void Counter_UnderConcurrentAdds_LosesNothing()
    {
        var counter = _meter.CreateCounter<long>("c");
        Parallel.For(0, 8, i =>
        {
            for (var n = 0; n < 10_000; n++)
            {
                counter.Add(1, new KeyValuePair<string, object?>("k", i % 2));
            }
        });
        Assert.Equal(["c_total{k=\"0\"} 40000", "c_total{k=\"1\"} 40000"], Scrape.Lines(_registry, "c_total{").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Measurement_OfAKnownLabelSet_AllocatesNothing()
    {
        var counter = _meter.CreateCounter<long>("c");
        object value = "v";
        counter.Add(1, new KeyValuePair<string, object?>("k", value));
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("k", value));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
