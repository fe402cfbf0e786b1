namespace NodeMesh.Compare.Results;

/// <summary>A metric's samples of one row, one per round.</summary>
/// <param name="Samples">The samples, in the order of the rounds.</param>
internal sealed record Series(IReadOnlyList<double> Samples)
{
    /// <summary>The middle one; of an even number, the mean of the two in the middle.</summary>
    public double Median { get; } = MedianOf(Samples);

    internal static double MedianOf(IReadOnlyList<double> samples)
    {
        var sorted = samples.Order().ToArray();
        return sorted.Length switch
        {
            0 => double.NaN,
            var count when count % 2 == 1 => sorted[count / 2],
            var count => (sorted[(count / 2) - 1] + sorted[count / 2]) / 2,
        };
    }
}
