namespace NodeMesh.Model.Resilience;

/// <summary>Says below which share of good answers an endpoint stands out from the others.</summary>
public static class SuccessRateRule
{
    /// <summary>The bound: the mean less some standard deviations, as Envoy computes it.</summary>
    /// <param name="rates">The shares of good answers, of a hundred, of all endpoints that are compared.</param>
    /// <param name="thousandths">How many thousandths of a standard deviation.</param>
    /// <returns>The bound; an endpoint below it stands out.</returns>
    public static double Bound(ReadOnlySpan<double> rates, int thousandths)
    {
        if (rates.IsEmpty)
        {
            return 0;
        }

        var sum = 0.0;
        foreach (var rate in rates)
        {
            sum += rate;
        }

        var mean = sum / rates.Length;
        var squares = 0.0;
        foreach (var rate in rates)
        {
            squares += (rate - mean) * (rate - mean);
        }

        return mean - (thousandths / 1000.0 * Math.Sqrt(squares / rates.Length));
    }
}
