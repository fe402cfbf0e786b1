using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Tag = System.Collections.Generic.KeyValuePair<string, object?>;

namespace NodeMesh.Metrics;

/// <summary>All label sets of one instrument.</summary>
internal sealed class InstrumentAggregate
{
    /// <summary>Seconds, as OpenTelemetry recommends for durations.</summary>
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];

    private readonly InstrumentKind _kind;
    private readonly string? _help;
    private readonly double[]? _bounds;
    private readonly int _limit;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<Tag[], InstrumentSeries> _byTags = new(TagComparer.Instance);
    private readonly ConcurrentDictionary<Tag[], InstrumentSeries>.AlternateLookup<ReadOnlySpan<Tag>> _lookup;
    private readonly Dictionary<string, InstrumentSeries> _byLabels = new(StringComparer.Ordinal);
    private readonly InstrumentSeries _overflow;
    private readonly InstrumentSeries _untagged;
    private volatile bool _untaggedUsed;
    private long _overflowed;

    public InstrumentAggregate(Instrument instrument, InstrumentKind kind, int limit)
    {
        _kind = kind;
        _help = instrument.Description;
        _limit = limit;
        _bounds = kind == InstrumentKind.Histogram ? Bounds(instrument) : null;
        _lookup = _byTags.GetAlternateLookup<ReadOnlySpan<Tag>>();
        _overflow = new InstrumentSeries(LabelText.Overflow, _bounds);
        _untagged = new InstrumentSeries("", _bounds);
        var name = MetricName.Of(instrument.Name, instrument.Unit);
        Name = IsCounter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
    }

    public string Name { get; }

    public InstrumentKind Kind => _kind;

    public long Overflowed => Interlocked.Read(ref _overflowed);

    private bool IsCounter => _kind is InstrumentKind.Counter or InstrumentKind.ObservedCounter;

    private bool IsObserved => _kind is InstrumentKind.ObservedCounter or InstrumentKind.ObservedGauge;

    public void Measure(double value, ReadOnlySpan<Tag> tags, long generation)
    {
        var series = Find(tags);
        switch (_kind)
        {
            case InstrumentKind.Histogram:
                series.Record(value);
                break;
            case InstrumentKind.Counter or InstrumentKind.UpDownCounter:
                series.Add(value);
                break;
            default:
                series.Set(value, generation);
                break;
        }
    }

    public void Write(ExpositionWriter writer, long generation)
    {
        List<InstrumentSeries> series;
        lock (_gate)
        {
            if (IsObserved)
            {
                ForgetUnobserved(generation);
            }

            series = [.. _byLabels.Values];
        }

        if (_untaggedUsed && (!IsObserved || _untagged.Generation == generation))
        {
            series.Add(_untagged);
        }

        if (Overflowed > 0)
        {
            series.Add(_overflow);
        }

        if (series.Count == 0)
        {
            return;
        }

        writer.Begin(Name, IsCounter ? "counter" : _kind == InstrumentKind.Histogram ? "histogram" : "gauge", _help);
        foreach (var one in series)
        {
            one.Write(writer, Name);
        }
    }

    private static double[] Bounds(Instrument instrument) =>
        (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray()
        ?? (instrument as Histogram<long>)?.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray()
        ?? (instrument as Histogram<int>)?.Advice?.HistogramBucketBoundaries?.Select(b => (double)b).ToArray()
        ?? DefaultBounds;

    private InstrumentSeries Find(ReadOnlySpan<Tag> tags)
    {
        if (tags.IsEmpty)
        {
            _untaggedUsed = true;
            return _untagged;
        }

        return _lookup.TryGetValue(tags, out var known) ? known : FindSlow(tags);
    }

    private InstrumentSeries FindSlow(ReadOnlySpan<Tag> tags)
    {
        var labels = LabelText.Of(tags);
        lock (_gate)
        {
            if (!_byLabels.TryGetValue(labels, out var series))
            {
                if (_byLabels.Count >= _limit)
                {
                    Interlocked.Increment(ref _overflowed);
                    return _overflow;
                }

                series = new InstrumentSeries(labels, _bounds);
                _byLabels.Add(labels, series);
            }

            // Tags may come in several orders for one label set: the shortcut is bounded too.
            if (_byTags.Count < 4L * _limit)
            {
                _byTags.TryAdd(tags.ToArray(), series);
            }

            return series;
        }
    }

    private void ForgetUnobserved(long generation)
    {
        foreach (var (labels, series) in _byLabels)
        {
            if (series.Generation != generation)
            {
                _byLabels.Remove(labels);
            }
        }

        foreach (var (tags, series) in _byTags)
        {
            if (series.Generation != generation)
            {
                _byTags.TryRemove(tags, out _);
            }
        }
    }
}
