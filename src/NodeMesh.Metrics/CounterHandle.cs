namespace NodeMesh.Metrics;

/// <summary>
/// One label set of a <see cref="CounterGroup"/>, found once (a lookup over two dozen labels costs some 300 ns) and then added to for as long as a
/// connection lives (an addition costs a few). While somebody holds it, its series is not dropped.
/// </summary>
public sealed class CounterHandle
{
    private readonly long[] _values;
    private readonly HistogramLayout[] _histograms;

    internal CounterHandle(string[] labels, string text, int counters, HistogramLayout[] histograms)
    {
        Labels = labels;
        Text = text;
        _histograms = histograms;
        _values = new long[histograms is [.., var last] ? last.End : counters];
    }

    internal string[] Labels { get; }

    internal string Text { get; }

    /// <summary>How many hold it; guarded by the group's lock.</summary>
    internal int Holders { get; set; }

    /// <summary>Whether its series is no longer in the group; guarded by the group's lock.</summary>
    internal bool IsDropped { get; set; }

    /// <summary>The sum of all counters at the last sweep that saw a change, and when that was; guarded by the group's lock.</summary>
    internal long LastSum { get; set; }

    internal long LastChange { get; set; }

    /// <summary>Adds to a counter.</summary>
    /// <param name="counter">Its index in the group.</param>
    /// <param name="amount">How much; not negative.</param>
    public void Add(int counter, long amount = 1) => Interlocked.Add(ref _values[counter], amount);

    /// <summary>Adds a value to a histogram.</summary>
    /// <param name="histogram">Its index in the group.</param>
    /// <param name="value">The value, before the scale; not negative.</param>
    public void Record(int histogram, long value)
    {
        var layout = _histograms[histogram];
        Interlocked.Increment(ref _values[layout.BucketOf(value)]);
        Interlocked.Add(ref _values[layout.Sum], value);
    }

    internal long Value(int counter) => Interlocked.Read(ref _values[counter]);

    internal long Sum()
    {
        var sum = 0L;
        for (var i = 0; i < _values.Length; i++)
        {
            sum += Value(i);
        }

        return sum;
    }
}
