namespace NodeMesh.Metrics;

/// <summary>One label set of an instrument.</summary>
/// <param name="labels">The labels, formatted.</param>
/// <param name="bounds">Upper bounds of a histogram's buckets, rising; null for other kinds.</param>
internal sealed class InstrumentSeries(string labels, double[]? bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = bounds is null ? [] : new long[bounds.Length + 1];
    private double _value;
    private long _count;

    public string Labels => labels;

    /// <summary>The scrape that last observed it; a series that an observable no longer reports is not written.</summary>
    public long Generation { get; private set; }

    public void Add(double amount)
    {
        lock (_gate)
        {
            _value += amount;
        }
    }

    public void Set(double value, long generation)
    {
        lock (_gate)
        {
            _value = value;
            Generation = generation;
        }
    }

    public void Record(double value)
    {
        var bucket = Array.BinarySearch(bounds!, value);
        lock (_gate)
        {
            _buckets[bucket < 0 ? ~bucket : bucket]++;
            _count++;
            _value += value;
        }
    }

    public void Write(ExpositionWriter writer, string name)
    {
        long[] buckets;
        double value;
        long count;
        lock (_gate)
        {
            buckets = [.. _buckets];
            value = _value;
            count = _count;
        }

        if (bounds is null)
        {
            writer.Sample(name, labels, value);
            return;
        }

        var cumulative = 0L;
        for (var i = 0; i < buckets.Length; i++)
        {
            cumulative += buckets[i];
            writer.Sample(name + "_bucket", labels, writer.UpperBound(i < bounds.Length ? bounds[i] : double.PositiveInfinity), cumulative);
        }

        writer.Sample(name + "_sum", labels, value);
        writer.Sample(name + "_count", labels, count);
    }
}
