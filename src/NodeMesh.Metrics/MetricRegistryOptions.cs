namespace NodeMesh.Metrics;

/// <summary>What a <see cref="MetricRegistry"/> collects and how much of it it keeps.</summary>
public sealed record MetricRegistryOptions
{
    /// <summary>Prefixes of the names of the meters that are collected.</summary>
    public IReadOnlyList<string> MeterPrefixes { get; init; } = ["NodeMesh.", "System.Runtime"];

    /// <summary>Series that one metric may have; measurements of further label sets are added to one series labelled <c>overflow="true"</c>. Default 10,000.</summary>
    public int MaxSeriesPerMetric { get; init; } = 10_000;

    /// <summary>How long a series of a <see cref="CounterGroup"/> that nobody holds may stand still before it is dropped. Default 1 h.</summary>
    public TimeSpan IdleLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>The same for a series whose subject is gone; as long as Prometheus looks back for a sample. Default 5 min.</summary>
    public TimeSpan GoneLifetime { get; init; } = TimeSpan.FromMinutes(5);
}
