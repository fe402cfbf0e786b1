namespace NodeMesh.Model;

/// <summary>What is traced of a client's requests: what Telemetries say of it.</summary>
public sealed record TracingPolicy
{
    /// <summary>The share of requests, in percent, that are traced where no caller has decided; null for what holds for the mesh.</summary>
    public double? SamplingPercentage { get; init; }

    /// <summary>False when no spans are made, whatever callers say.</summary>
    public bool IsReported { get; init; } = true;

    /// <summary>False when the headers of the trace stay as they came.</summary>
    public bool PropagatesContext { get; init; } = true;

    /// <summary>Whether spans carry the tags that Istio's users know, beside OpenTelemetry's.</summary>
    public bool HasIstioTags { get; init; } = true;

    /// <summary>More tags.</summary>
    public ValueList<TracingTag> Tags { get; init; }
}
