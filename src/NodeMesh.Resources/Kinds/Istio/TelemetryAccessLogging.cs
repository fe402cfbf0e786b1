using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds.Istio;

/// <summary>Logs.</summary>
public sealed record TelemetryAccessLogging
{
    /// <summary>Which traffic.</summary>
    public TelemetryMode? Match { get; init; }

    /// <summary>Where they go.</summary>
    public ImmutableArray<TelemetryProvider> Providers { get; init; } = [];

    /// <summary>Whether they are switched off.</summary>
    public bool? Disabled { get; init; }

    /// <summary>Which requests.</summary>
    public TelemetryFilter? Filter { get; init; }
}
