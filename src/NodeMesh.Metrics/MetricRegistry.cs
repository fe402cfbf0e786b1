using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace NodeMesh.Metrics;

/// <summary>
/// All metrics of a process, as Prometheus reads them: every instrument of the meters named in the options, and <see cref="CounterGroup"/>s for what is
/// counted per connection under many labels.
/// </summary>
public sealed class MetricRegistry : IDisposable
{
    private readonly MetricRegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, InstrumentAggregate> _instruments = new(StringComparer.Ordinal);
    private readonly Lock _scrape = new();
    private readonly List<CounterGroup> _groups = [];
    private readonly List<Action> _beforeScrape = [];
    private long _generation;
    private long _failedReads;

    /// <summary>Begins to collect.</summary>
    /// <param name="options">What to collect.</param>
    /// <param name="time">The clock, for the life of idle series.</param>
    public MetricRegistry(MetricRegistryOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
        _listener.InstrumentPublished = OnPublished;
        _listener.SetMeasurementEventCallback<long>(static (_, v, tags, state) => Measure(v, tags, state));
        _listener.SetMeasurementEventCallback<int>(static (_, v, tags, state) => Measure(v, tags, state));
        _listener.SetMeasurementEventCallback<short>(static (_, v, tags, state) => Measure(v, tags, state));
        _listener.SetMeasurementEventCallback<byte>(static (_, v, tags, state) => Measure(v, tags, state));
        _listener.SetMeasurementEventCallback<double>(static (_, v, tags, state) => Measure(v, tags, state));
        _listener.SetMeasurementEventCallback<float>(static (_, v, tags, state) => Measure(v, tags, state));
        _listener.SetMeasurementEventCallback<decimal>(static (_, v, tags, state) => Measure((double)v, tags, state));
        _listener.Start();
    }

    /// <summary>Adds counters that share their labels.</summary>
    /// <param name="counters">The counters; a <see cref="CounterHandle"/> numbers them in this order.</param>
    /// <param name="labelNames">The labels' names.</param>
    /// <param name="isGone">Says of label values whether what they describe is gone, so that an idle series is dropped sooner; null: never.</param>
    /// <param name="histograms">Histograms with the same labels; null for none.</param>
    public CounterGroup AddCounters(
        IReadOnlyList<CounterDefinition> counters,
        IReadOnlyList<string> labelNames,
        Func<IReadOnlyList<string>, bool>? isGone = null,
        IReadOnlyList<HistogramDefinition>? histograms = null)
    {
        var group = new CounterGroup([.. counters], histograms ?? [], [.. labelNames], isGone, _options, _time);
        lock (_scrape)
        {
            _groups.Add(group);
        }

        return group;
    }

    /// <summary>Calls something before each scrape, such as what moves live byte counts into counters.</summary>
    /// <param name="action">Quick, and thread-safe against the rest of the program; scrapes come one at a time.</param>
    public void BeforeScrape(Action action)
    {
        lock (_scrape)
        {
            _beforeScrape.Add(action);
        }
    }

    /// <summary>Writes all metrics.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="format">The format.</param>
    public void Write(IBufferWriter<byte> output, MetricsFormat format)
    {
        var writer = new ExpositionWriter(output, format);
        lock (_scrape)
        {
            _beforeScrape.ForEach(static action => action());
            Interlocked.Increment(ref _generation);
            ReadObservables();
            foreach (var group in _groups)
            {
                group.Sweep();
                group.Write(writer);
            }

            WriteInstruments(writer);
            WriteOwn(writer);
        }

        writer.End();
    }

    /// <summary>Stops collecting.</summary>
    public void Dispose() => _listener.Dispose();

    private static void Measure(double value, ReadOnlySpan<Tag> tags, object? state)
    {
        if (state is Subscription subscription)
        {
            subscription.Aggregate.Measure(value, tags, Interlocked.Read(ref subscription.Registry._generation));
        }
    }

    private static InstrumentKind? KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        var name = type.IsGenericType ? type.GetGenericTypeDefinition().Name : type.Name;
        return name switch
        {
            "Counter`1" => InstrumentKind.Counter,
            "UpDownCounter`1" => InstrumentKind.UpDownCounter,
            "Gauge`1" => InstrumentKind.Gauge,
            "Histogram`1" => InstrumentKind.Histogram,
            "ObservableCounter`1" => InstrumentKind.ObservedCounter,
            "ObservableGauge`1" or "ObservableUpDownCounter`1" => InstrumentKind.ObservedGauge,
            _ => null,
        };
    }

    private void OnPublished(Instrument instrument, MeterListener listener)
    {
        if (!_options.MeterPrefixes.Any(p => instrument.Meter.Name.StartsWith(p, StringComparison.Ordinal)) || KindOf(instrument) is not { } kind)
        {
            return;
        }

        // Instances of one class each have a meter of the same name: their measurements are put together.
        var made = new InstrumentAggregate(instrument, kind, _options.MaxSeriesPerMetric);
        var aggregate = _instruments.GetOrAdd(made.Name, made);
        if (aggregate.Kind == kind)
        {
            listener.EnableMeasurementEvents(instrument, new Subscription(this, aggregate));
        }
    }

    private void ReadObservables()
    {
        try
        {
            _listener.RecordObservableInstruments();
        }
        catch (AggregateException)
        {
            // An observable threw; the others were read. The scrape goes on and the counter below tells.
            _failedReads++;
        }
    }

    private void WriteInstruments(ExpositionWriter writer)
    {
        foreach (var aggregate in _instruments.Values.OrderBy(a => a.Name, StringComparer.Ordinal))
        {
            aggregate.Write(writer, _generation);
        }
    }

    private void WriteOwn(ExpositionWriter writer)
    {
        const string Overflow = "nodemesh_metrics_overflow_total";
        var full = _groups.Select(g => (g.Name, g.Overflowed)).Concat(_instruments.Values.Select(i => (i.Name, i.Overflowed))).Where(m => m.Overflowed > 0).ToList();
        if (full.Count > 0)
        {
            writer.Begin(Overflow, "counter", "Label sets that were not kept because the metric has its limit of series already.");
            full.ForEach(m => writer.Sample(Overflow, $"metric=\"{m.Name}\"", m.Overflowed));
        }

        writer.Begin("nodemesh_metrics_read_errors_total", "counter", "Scrapes during which an observable metric could not be read.");
        writer.Sample("nodemesh_metrics_read_errors_total", "", _failedReads);
    }

    private sealed record Subscription(MetricRegistry Registry, InstrumentAggregate Aggregate);
}
