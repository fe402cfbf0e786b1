namespace NodeMesh.Model.Traffic;

/// <summary>What a ResiliencePolicy says of a port of a service; null parts say nothing.</summary>
public sealed record ResilienceSettings
{
    /// <summary>The policies that say it.</summary>
    public ValueList<ResourceOrigin> Origins { get; init; }

    /// <summary>How endpoints are asked whether they are well.</summary>
    public HealthCheck? HealthCheck { get; init; }

    /// <summary>When an endpoint is left out because it fails more often than the others.</summary>
    public SuccessRateEjection? SuccessRate { get; init; }

    /// <summary>When a second try begins while the first goes on.</summary>
    public Hedging? Hedging { get; init; }

    /// <summary>With a smaller share of usable endpoints, of a hundred, all are used; null leaves it to <see cref="OutlierDetection.MinHealthPercent"/>.</summary>
    public int? PanicPercent { get; init; }

    /// <summary>True when requests have to be seen for it.</summary>
    public bool SeesRequests => SuccessRate is not null || Hedging is { OnPerTryTimeout: true };

    /// <summary>Fills what this leaves out.</summary>
    /// <param name="other">Where from.</param>
    /// <returns>The settings.</returns>
    public ResilienceSettings Or(ResilienceSettings other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return new ResilienceSettings
        {
            Origins = [.. Origins.Union(other.Origins)],
            HealthCheck = HealthCheck ?? other.HealthCheck,
            SuccessRate = SuccessRate ?? other.SuccessRate,
            Hedging = Hedging ?? other.Hedging,
            PanicPercent = PanicPercent ?? other.PanicPercent,
        };
    }
}
