namespace NodeMesh.Model.Traffic;

/// <summary>When an endpoint is left out for a while because of its answers.</summary>
public sealed record OutlierDetection
{
    /// <summary>5xx answers in a row; 0 for off.</summary>
    public int Consecutive5xx { get; init; } = 5;

    /// <summary>502, 503 and 504 answers in a row; 0 for off.</summary>
    public int ConsecutiveGatewayErrors { get; init; }

    /// <summary>Connections in a row that could not be made or broke, counted apart when <see cref="SplitLocalOriginErrors"/>; 0 for off.</summary>
    public int ConsecutiveLocalOriginFailures { get; init; } = 5;

    /// <summary>True when errors of connections are counted apart from answers; else they count as 5xx.</summary>
    public bool SplitLocalOriginErrors { get; init; }

    /// <summary>How often it is decided who returns.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the first time; times the number of times it happened.</summary>
    public TimeSpan BaseEjectionTime { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How many of a hundred endpoints may be left out at once; one always may.</summary>
    public int MaxEjectionPercent { get; init; } = 10;

    /// <summary>With fewer healthy endpoints of a hundred, all endpoints are used; 0 for never.</summary>
    public int MinHealthPercent { get; init; }
}
