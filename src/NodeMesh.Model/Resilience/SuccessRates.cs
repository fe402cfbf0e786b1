namespace NodeMesh.Model.Resilience;

/// <summary>Which success rates stand out: Envoy's test.</summary>
public static class SuccessRates
{
    /// <summary>The rate below which an endpoint is an outlier.</summary>
    /// <param name="rates">The endpoints' rates, 0 to 100.</param>
    /// <param name="stdevFactor">Standard deviations below the mean, in thousandths.</param>
    /// <returns>The rate; negative when none can be below it.</returns>
    public static double Threshold(ReadOnlySpan<double> rates, int stdevFactor)
    {
        if (rates.IsEmpty)
        {
            return -1;
        }

        var sum = 0d;
        foreach (var rate in rates)
        {
            sum += rate;
        }

        var mean = sum / rates.Length;
        var variance = 0d;
        foreach (var rate in rates)
        {
            variance += (rate - mean) * (rate - mean);
        }

        return mean - (Math.Sqrt(variance / rates.Length) * stdevFactor / 1000);
    }
}
