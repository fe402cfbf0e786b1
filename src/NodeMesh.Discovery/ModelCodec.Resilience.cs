using NodeMesh.Model.Traffic;
using Wire = NodeMesh.Discovery.Protos.Routes;

namespace NodeMesh.Discovery;

public static partial class ModelCodec
{
    private static Wire.Resilience? Encode(ResilienceSettings? resilience) => resilience is null ? null : new Wire.Resilience
    {
        Origins = { resilience.Origins.Select(Encode) },
        HealthCheck = Encode(resilience.HealthCheck),
        SuccessRate = resilience.SuccessRate is not { } rate ? null : new Wire.SuccessRate
        {
            MinimumHosts = (uint)rate.MinimumHosts,
            RequestVolume = (uint)rate.RequestVolume,
            StdevFactor = (uint)rate.StdevFactor,
            Interval = Encode(rate.Interval),
            BaseEjectionTime = Encode(rate.BaseEjectionTime),
            MaxEjectionPercent = (uint)rate.MaxEjectionPercent,
        },
        Hedging = resilience.Hedging is not { } hedging ? null : new Wire.Hedging { OnPerTryTimeout = hedging.OnPerTryTimeout, PerTryTimeout = Encode(hedging.PerTryTimeout) },
        PanicPercent = (uint?)resilience.PanicPercent,
    };

    private static ResilienceSettings? Decode(string name, Wire.Resilience? wire) => wire is null ? null : new ResilienceSettings
    {
        Origins = [.. wire.Origins.Select(o => Decode(name, o))],
        HealthCheck = Decode(name, wire.HealthCheck),
        SuccessRate = wire.SuccessRate is not { } rate ? null : new SuccessRateEjection
        {
            MinimumHosts = (int)rate.MinimumHosts,
            RequestVolume = (int)rate.RequestVolume,
            StdevFactor = (int)rate.StdevFactor,
            Interval = Positive(name, "success_rate.interval", rate.Interval),
            BaseEjectionTime = Positive(name, "success_rate.base_ejection_time", rate.BaseEjectionTime),
            MaxEjectionPercent = (int)rate.MaxEjectionPercent,
        },
        Hedging = wire.Hedging is not { } hedging ? null : new Hedging(hedging.OnPerTryTimeout, hedging.PerTryTimeout?.ToTimeSpan()),
        PanicPercent = (int?)wire.PanicPercent,
    };

    private static Wire.HealthCheck? Encode(HealthCheck? check) => check is null ? null : new Wire.HealthCheck
    {
        Kind = (Wire.HealthCheckKind)check.Kind,
        Path = check.Path,
        Host = check.Host,
        ExpectedStatuses = { check.ExpectedStatuses.Select(s => (uint)s) },
        Service = check.Service,
        Port = (uint)check.Port,
        Interval = Encode(check.Interval),
        Timeout = Encode(check.Timeout),
        HealthyThreshold = (uint)check.HealthyThreshold,
        UnhealthyThreshold = (uint)check.UnhealthyThreshold,
    };

    private static HealthCheck? Decode(string name, Wire.HealthCheck? wire) => wire is null ? null : new HealthCheck
    {
        Kind = DecodeEnum<Wire.HealthCheckKind, HealthCheckKind>(name, "health_check.kind", wire.Kind),
        Path = wire.Path,
        Host = wire.Host,
        ExpectedStatuses = [.. wire.ExpectedStatuses.Select(s => (int)s)],
        Service = wire.Service,
        Port = DecodePort(name, "health_check.port", wire.Port, zeroAllowed: true),

        // Waited for in a loop, so nothing to be trusted.
        Interval = Positive(name, "health_check.interval", wire.Interval),
        Timeout = Positive(name, "health_check.timeout", wire.Timeout),
        HealthyThreshold = (int)wire.HealthyThreshold,
        UnhealthyThreshold = (int)wire.UnhealthyThreshold,
    };

    private static TimeSpan Positive(string name, string field, Google.Protobuf.WellKnownTypes.Duration? wire) =>
        wire?.ToTimeSpan() is { } time && time > TimeSpan.Zero ? time : throw new DiscoveryFormatException(name, field, "has to be above 0");
}
