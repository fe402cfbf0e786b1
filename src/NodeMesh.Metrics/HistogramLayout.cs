namespace NodeMesh.Metrics;

/// <summary>Where the numbers of a histogram are among a series' numbers: its buckets, the one of everything else last, and then the sum.</summary>
internal sealed class HistogramLayout
{
    private readonly double[] _limits;

    /// <summary>Lays a histogram out.</summary>
    /// <param name="definition">The histogram.</param>
    /// <param name="start">The first free place.</param>
    public HistogramLayout(HistogramDefinition definition, int start)
    {
        Definition = definition;
        Start = start;
        _limits = [.. definition.Bounds.Select(b => b / definition.Scale)];
        Sum = start + _limits.Length + 1;
        End = Sum + 1;
    }

    /// <summary>The histogram.</summary>
    public HistogramDefinition Definition { get; }

    /// <summary>The place of the first bucket.</summary>
    public int Start { get; }

    /// <summary>The place of the sum.</summary>
    public int Sum { get; }

    /// <summary>The place after the last.</summary>
    public int End { get; }

    /// <summary>The place of a value's bucket.</summary>
    /// <param name="value">The value, before the scale.</param>
    /// <returns>The place.</returns>
    public int BucketOf(long value)
    {
        var bucket = 0;
        while (bucket < _limits.Length && value > _limits[bucket])
        {
            bucket++;
        }

        return Start + bucket;
    }

    /// <summary>Writes one series: cumulative buckets, sum and count.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="handle">The series.</param>
    public void Write(ExpositionWriter writer, CounterHandle handle)
    {
        var name = Definition.Name;
        var count = 0L;
        for (var i = 0; i <= _limits.Length; i++)
        {
            count += handle.Value(Start + i);
            writer.Sample(name + "_bucket", handle.Text, writer.UpperBound(i < _limits.Length ? Definition.Bounds[i] : double.PositiveInfinity), count);
        }

        writer.Sample(name + "_sum", handle.Text, handle.Value(Sum) * Definition.Scale);
        writer.Sample(name + "_count", handle.Text, count);
    }
}
