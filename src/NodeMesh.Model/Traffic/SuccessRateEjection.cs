namespace NodeMesh.Model.Traffic;

/// <summary>When an endpoint is left out because its share of good answers is far below that of the others; the numbers are Envoy's, and so are their defaults.</summary>
public sealed record SuccessRateEjection
{
    /// <summary>Endpoints with enough requests that there must be for a comparison.</summary>
    public int MinimumHosts { get; init; } = 5;

    /// <summary>Requests that an endpoint must have had in an interval to be compared.</summary>
    public int RequestVolume { get; init; } = 100;

    /// <summary>How many thousandths of a standard deviation below the mean are too far.</summary>
    public int StdevFactor { get; init; } = 1900;

    /// <summary>The interval.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the first time; each that follows soon doubles it.</summary>
    public TimeSpan BaseEjectionTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many of a hundred endpoints may be left out at once; one always may.</summary>
    public int MaxEjectionPercent { get; init; } = 10;
}
