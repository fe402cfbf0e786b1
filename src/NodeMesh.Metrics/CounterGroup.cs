namespace NodeMesh.Metrics;

/// <summary>Counters that always carry the same labels, so that one lookup serves them all.</summary>
public sealed class CounterGroup
{
    private readonly Lock _gate = new();
    private readonly CounterDefinition[] _counters;
    private readonly HistogramLayout[] _histograms;
    private readonly string[] _labelNames;
    private readonly MetricRegistryOptions _options;
    private readonly TimeProvider _time;
    private readonly Func<IReadOnlyList<string>, bool>? _isGone;
    private readonly Dictionary<string[], CounterHandle> _series = new(LabelComparer.Instance);
    private readonly CounterHandle _overflow;
    private long _overflowed;

    internal CounterGroup(CounterDefinition[] counters, IReadOnlyList<HistogramDefinition> histograms, string[] labelNames, Func<IReadOnlyList<string>, bool>? isGone, MetricRegistryOptions options, TimeProvider time)
    {
        _counters = counters;
        _labelNames = labelNames;
        _isGone = isGone;
        _options = options;
        _time = time;
        _histograms = new HistogramLayout[histograms.Count];
        var end = counters.Length;
        for (var i = 0; i < histograms.Count; i++)
        {
            _histograms[i] = new HistogramLayout(histograms[i], end);
            end = _histograms[i].End;
        }

        _overflow = new CounterHandle([], LabelText.Overflow, counters.Length, _histograms);
    }

    /// <summary>How many label sets there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _series.Count;
            }
        }
    }

    internal string Name => _counters[0].Name;

    internal long Overflowed => Interlocked.Read(ref _overflowed);

    /// <summary>Finds or makes the counters of a label set and holds them.</summary>
    /// <param name="labels">The values, in the order of the group's names.</param>
    /// <returns>The counters; give them back with <see cref="Release"/>.</returns>
    /// <exception cref="ArgumentException">The number of values is not the number of names.</exception>
    public CounterHandle Hold(ReadOnlySpan<string> labels)
    {
        if (labels.Length != _labelNames.Length)
        {
            throw new ArgumentException($"{Name} has {_labelNames.Length} labels, not {labels.Length}", nameof(labels));
        }

        lock (_gate)
        {
            var lookup = _series.GetAlternateLookup<ReadOnlySpan<string>>();
            if (!lookup.TryGetValue(labels, out var handle))
            {
                if (_series.Count >= _options.MaxSeriesPerMetric)
                {
                    SweepLocked();
                }

                if (_series.Count >= _options.MaxSeriesPerMetric)
                {
                    Interlocked.Increment(ref _overflowed);
                    return _overflow;
                }

                var values = labels.ToArray();
                handle = new CounterHandle(values, LabelText.Of(_labelNames, values), _counters.Length, _histograms) { LastChange = _time.GetTimestamp() };
                _series.Add(values, handle);
            }

            handle.Holders++;
            return handle;
        }
    }

    /// <summary>Holds counters that were found before, without looking for them.</summary>
    /// <param name="handle">What <see cref="Hold"/> returned once.</param>
    /// <returns>False when their series has been dropped meanwhile, or never was one of its own.</returns>
    public bool TryHold(CounterHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        lock (_gate)
        {
            if (handle.IsDropped || handle == _overflow)
            {
                return false;
            }

            handle.Holders++;
            return true;
        }
    }

    /// <summary>Gives back what <see cref="Hold"/> returned.</summary>
    /// <param name="handle">The counters.</param>
    public void Release(CounterHandle handle)
    {
        ArgumentNullException.ThrowIfNull(handle);
        lock (_gate)
        {
            handle.Holders--;
        }
    }

    internal void Sweep()
    {
        lock (_gate)
        {
            SweepLocked();
        }
    }

    internal void Write(ExpositionWriter writer)
    {
        CounterHandle[] series;
        lock (_gate)
        {
            series = [.. _series.Values];
        }

        for (var i = 0; i < _counters.Length; i++)
        {
            writer.Begin(_counters[i].Name, "counter", _counters[i].Help);
            foreach (var handle in series)
            {
                writer.Sample(_counters[i].Name, handle.Text, handle.Value(i));
            }

            if (_overflow.Sum() > 0)
            {
                writer.Sample(_counters[i].Name, _overflow.Text, _overflow.Value(i));
            }
        }

        foreach (var histogram in _histograms)
        {
            writer.Begin(histogram.Definition.Name, "histogram", histogram.Definition.Help);
            foreach (var handle in series)
            {
                histogram.Write(writer, handle);
            }

            if (_overflow.Sum() > 0)
            {
                histogram.Write(writer, _overflow);
            }
        }
    }

    private void SweepLocked()
    {
        foreach (var (labels, handle) in _series)
        {
            var sum = handle.Sum();
            if (handle.Holders > 0 || sum != handle.LastSum)
            {
                handle.LastSum = sum;
                handle.LastChange = _time.GetTimestamp();
                continue;
            }

            var idle = _time.GetElapsedTime(handle.LastChange);
            if (idle >= _options.IdleLifetime || (idle >= _options.GoneLifetime && _isGone?.Invoke(labels) == true))
            {
                handle.IsDropped = true;
                _series.Remove(labels); // allowed while enumerating: Dictionary.Remove does not invalidate enumerators
            }
        }
    }
}
