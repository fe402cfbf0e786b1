using System.Globalization;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Explanation;

/// <summary>Says what ResiliencePolicies make clients do.</summary>
internal static class ResilienceSentences
{
    /// <summary>Says it.</summary>
    /// <param name="service">The service's name.</param>
    /// <param name="settings">What the policies say; null for nothing.</param>
    /// <param name="rule">The rule of the route; null for none.</param>
    /// <returns>The sentences.</returns>
    public static IEnumerable<string> Of(string service, ResilienceSettings? settings, HttpRule? rule)
    {
        if (settings is null)
        {
            yield break;
        }

        var by = string.Join(" and ", settings.Origins);
        if (settings.HealthCheck is { } check)
        {
            yield return $"{by}: nodes whose pods use {service} ask its endpoints {Question(check)} every {Time(check.Interval)}; {Bad(check.UnhealthyThreshold)} (none within {Time(check.Timeout)} is one) and an endpoint gets no traffic, {Good(check.HealthyThreshold)} and it does again.";
        }

        if (settings.SuccessRate is { } rate)
        {
            var factor = (rate.StdevFactor / 1000.0).ToString(CultureInfo.InvariantCulture);
            yield return $"{by}: every {Time(rate.Interval)} an endpoint of {service} whose share of good answers is more than {factor} standard deviations below the mean is left out for {Time(rate.BaseEjectionTime)} or more, if at least {rate.MinimumHosts} had {rate.RequestVolume} requests each.";
        }

        if (Hedging(settings.Hedging, rule) is { } hedging)
        {
            yield return $"{by}: {hedging}";
        }

        if (settings.PanicPercent is { } panic and > 0)
        {
            yield return $"{by}: while fewer than {panic} percent of the endpoints of {service} can be used, all of them are.";
        }
    }

    private static string? Hedging(Hedging? hedging, HttpRule? rule)
    {
        if (hedging is not { OnPerTryTimeout: true })
        {
            return null;
        }

        var retry = rule?.Retry ?? RetryPolicy.Default;
        var time = new[] { hedging.PerTryTimeout, retry.PerTryTimeout, rule?.BackendTimeout }.Where(t => t > TimeSpan.Zero).Min();
        return time is not { } delay ? "hedging has no effect, as neither the policy nor the route has a time-out of a try."
            : retry.Attempts == 0 ? "hedging has no effect, as the route allows no retries."
            : $"when a try has had no answer for {Time(delay)}, another begins beside it, {retry.Attempts} of them at most, if the request may be repeated; the first good answer counts.";
    }

    private static string Question(HealthCheck check)
    {
        var port = check.Port == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" on port {check.Port}");
        return check.Kind switch
        {
            HealthCheckKind.Tcp => $"for a connection{port}",
            HealthCheckKind.Grpc => $"by grpc.health.v1{(check.Service.Length == 0 ? "" : $" for {check.Service}")}{port}",
            _ => $"for {check.Path}{port}",
        };
    }

    private static string Bad(int count) => count == 1 ? "a bad answer" : string.Create(CultureInfo.InvariantCulture, $"{count} bad answers in a row");

    private static string Good(int count) => count == 1 ? "a good one" : string.Create(CultureInfo.InvariantCulture, $"{count} good ones in a row");

    private static string Time(TimeSpan time) => DurationText.ToGo(time);
}
