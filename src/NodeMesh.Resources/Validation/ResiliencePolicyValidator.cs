using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Mesh;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Validation;

/// <summary>Checks ResiliencePolicies.</summary>
/// <param name="findings">Takes what is wrong.</param>
internal sealed class ResiliencePolicyValidator(FindingCollector findings)
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    // Each check of each endpoint comes from every node that uses it.
    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);

    // Proxies look at their counts once in a second.
    private static readonly TimeSpan ShortestComparison = TimeSpan.FromSeconds(1);

    /// <summary>Checks a spec.</summary>
    /// <param name="spec">The spec.</param>
    public void Validate(ResiliencePolicySpec spec)
    {
        for (var i = 0; i < spec.TargetRefs.Length; i++)
        {
            CheckTarget(FieldPath.Index("spec.targetRefs", i), spec.TargetRefs[i]);
        }

        if (spec is { HealthCheck: null, OutlierDetection: null, Hedging: null, PanicThreshold: null })
        {
            findings.Missing("spec", "says nothing of its targets; write healthCheck, outlierDetection, hedging or panicThreshold");
        }

        if (spec.HealthCheck is { } check)
        {
            CheckHealthCheck("spec.healthCheck", check);
        }

        if (spec.OutlierDetection is { SuccessRate: null })
        {
            findings.Missing("spec.outlierDetection.successRate", "is missing; write 'successRate: {}' for the usual numbers (errors in a row are outlierDetection of a DestinationRule)");
        }

        if (spec.OutlierDetection?.SuccessRate is { } rate)
        {
            CheckTime("spec.outlierDetection.successRate.interval", rate.Interval, ShortestComparison);
            CheckTime("spec.outlierDetection.successRate.baseEjectionTime", rate.BaseEjectionTime, TimeSpan.FromMilliseconds(1));
        }

        if (spec.Hedging is { } hedging)
        {
            CheckTime("spec.hedging.perTryTimeout", hedging.PerTryTimeout, TimeSpan.FromMilliseconds(1));
        }
    }

    private void CheckTarget(string path, ResilienceTarget target)
    {
        var wanted = target.Kind == "ServiceEntry" ? MeshGroups.IstioNetworking : "";
        var group = target.Group ?? (target.Kind == "Service" ? "" : null);
        if (group is null)
        {
            findings.Missing($"{path}.group", $"is missing; write {MeshGroups.IstioNetworking} for a ServiceEntry");
        }
        else if (group != wanted)
        {
            findings.Error($"{path}.group", wanted.Length == 0 ? $"'{group}' has no Services; leave the group out" : $"'{group}' has no ServiceEntries; write {wanted}");
        }
    }

    private void CheckHealthCheck(string path, ResilienceHealthCheck check)
    {
        if (check is { Http: null, Tcp: null, Grpc: null })
        {
            findings.Missing(path, "does not say what is asked; write one of 'http: {path: /healthz}', 'tcp: {}' and 'grpc: {}'");
        }

        CheckTime($"{path}.interval", check.Interval, ShortestInterval);
        CheckTime($"{path}.timeout", check.Timeout, TimeSpan.FromMilliseconds(1));
        if (check.Http is not { } http)
        {
            return;
        }

        if (http.Path is { } written && (!written.StartsWith('/') || written.AsSpan().IndexOfAnyInRange('\0', ' ') >= 0))
        {
            findings.Error($"{path}.http.path", $"'{written}' is not a path; begin it with '/', and write spaces as %20");
        }

        if (http.Host is { } host && Uri.CheckHostName(host.Split(':')[0]) == UriHostNameType.Unknown)
        {
            findings.Error($"{path}.http.host", $"'{host}' is not the name of a host");
        }

        for (var i = 0; i < http.ExpectedStatuses.Length; i++)
        {
            if (http.ExpectedStatuses[i] is < 100 or > 599)
            {
                findings.Error(FieldPath.Index($"{path}.http.expectedStatuses", i), $"{http.ExpectedStatuses[i]} is no status; write numbers from 100 to 599");
            }
        }
    }

    private void CheckTime(string path, string? text, TimeSpan shortest)
    {
        if (text is not null && DurationText.TryParseGateway(text, out var time) && (time < shortest || time > Longest))
        {
            findings.Error(path, $"'{text}' is not between {shortest.TotalMilliseconds:0}ms and 1h");
        }
    }
}
