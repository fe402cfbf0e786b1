using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Resources.Kinds.Mesh;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>
/// Translates ResiliencePolicies to what traffic policies say besides. Of several for one service each part is that of one policy: what is said of a port
/// goes before what is said of all ports, and then the oldest policy counts.
/// </summary>
/// <param name="services">The services.</param>
/// <param name="findings">Where to report.</param>
internal sealed class ResilienceTranslator(ServiceDirectory services, RouteFindings findings)
{
    private static readonly string[] Parts = ["healthCheck", "outlierDetection", "hedging", "panicThreshold"];

    private readonly Dictionary<NamespacedName, SortedDictionary<int, ResilienceSettings>> _said = [];
    private readonly Dictionary<(NamespacedName Service, int Port, string Part), ManifestDocument> _taken = [];

    /// <summary>Translates.</summary>
    /// <param name="documents">The ResiliencePolicies, valid.</param>
    /// <returns>What is said of each service, by port; 0 stands for all that have nothing of their own.</returns>
    public IReadOnlyDictionary<NamespacedName, SortedDictionary<int, ResilienceSettings>> Translate(IEnumerable<ManifestDocument> documents)
    {
        var ordered = documents
            .OrderBy(d => d.Resource!.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue)
            .ThenBy(d => d.Key.ToString(), StringComparer.Ordinal);
        foreach (var document in ordered)
        {
            var spec = ((ResiliencePolicyResource)document.Resource!).Spec;
            for (var i = 0; i < spec.TargetRefs.Length; i++)
            {
                Add(document, spec, spec.TargetRefs[i], FieldPath.Index("spec.targetRefs", i));
            }
        }

        foreach (var ports in _said.Values)
        {
            if (ports.TryGetValue(0, out var all))
            {
                foreach (var port in ports.Keys.Where(p => p != 0).ToList())
                {
                    ports[port] = ports[port].Or(all);
                }
            }
        }

        return _said;
    }

    /// <summary>Puts what policies say of a service into its traffic policies, and makes one for the clients that have none.</summary>
    /// <param name="policies">The traffic policies.</param>
    /// <param name="ports">What is said, by port.</param>
    /// <returns>The traffic policies.</returns>
    public static IEnumerable<TrafficPolicy> Join(ValueList<TrafficPolicy> policies, SortedDictionary<int, ResilienceSettings> ports)
    {
        foreach (var policy in policies)
        {
            yield return Join(policy, ports);
        }

        if (!policies.Any(p => p.ClientNamespace.Length == 0))
        {
            yield return Join(new TrafficPolicy { Origin = ports.Values.First().Origins[0] }, ports);
        }
    }

    private static TrafficPolicy Join(TrafficPolicy policy, SortedDictionary<int, ResilienceSettings> ports)
    {
        // A port that the policy says nothing of has the policy's own settings, and those of the port beside them.
        var own = policy.Ports.Select(p => ports.TryGetValue(p.Port, out var said) ? p with { Settings = p.Settings with { Resilience = said } } : p);
        var others = ports.Where(p => p.Key != 0 && !policy.Ports.Any(o => o.Port == p.Key)).Select(p => new PortTrafficSettings(p.Key, policy.Settings with { Resilience = p.Value }));
        return policy with { Settings = policy.Settings with { Resilience = ports.GetValueOrDefault(0) }, Ports = [.. own, .. others] };
    }

    private void Add(ManifestDocument document, ResiliencePolicySpec spec, ResilienceTarget target, string path)
    {
        List<Service> found = target.Kind == "ServiceEntry"
            ? [.. services.All.Where(s => !s.Canonical && s.Namespace == document.Namespace && s.Name == target.Name)]
            : services.Find(document.Namespace, target.Name) is { } service ? [service] : [];
        if (found.Count == 0)
        {
            findings.NotFound(document, $"{path}.name", $"there is no {target.Kind} {document.Namespace}/{target.Name}; nothing can be said of its endpoints");
        }
        else if (target.Port is { } port && !found.Exists(s => s.FindPort(port) is not null))
        {
            findings.NotFound(document, $"{path}.port", $"{target.Kind} {document.Namespace}/{target.Name} has no port {port}; it has {string.Join(", ", found[0].Ports.Select(p => p.Port))}");
        }

        foreach (var key in found.Select(s => s.Key))
        {
            if (!_said.TryGetValue(key, out var ports))
            {
                _said[key] = ports = [];
            }

            var said = Take(document, key, target, Translate(spec));
            if (said is not { HealthCheck: null, SuccessRate: null, Hedging: null, PanicPercent: null })
            {
                said = said with { Origins = [document.Origin] };
                ports[target.Port ?? 0] = ports.TryGetValue(target.Port ?? 0, out var earlier) ? earlier.Or(said) : said;
            }
            else if (ports.Count == 0)
            {
                _said.Remove(key);
            }
        }
    }

    /// <summary>Leaves out what an older policy says already.</summary>
    private ResilienceSettings Take(ManifestDocument document, NamespacedName service, ResilienceTarget target, ResilienceSettings said)
    {
        bool[] written = [said.HealthCheck is not null, said.SuccessRate is not null, said.Hedging is not null, said.PanicPercent is not null];
        for (var i = 0; i < written.Length; i++)
        {
            if (written[i] && !_taken.TryAdd((service, target.Port ?? 0, Parts[i]), document) && _taken[(service, target.Port ?? 0, Parts[i])] is var first && first != document)
            {
                findings.Overridden(document, $"spec.{Parts[i]}", $"{first.Origin} is older and says the same of {target.Kind} {document.Namespace}/{target.Name}: that counts");
                written[i] = false;
            }
        }

        return new ResilienceSettings
        {
            HealthCheck = written[0] ? said.HealthCheck : null,
            SuccessRate = written[1] ? said.SuccessRate : null,
            Hedging = written[2] ? said.Hedging : null,
            PanicPercent = written[3] ? said.PanicPercent : null,
        };
    }

    private static ResilienceSettings Translate(ResiliencePolicySpec spec) => new()
    {
        HealthCheck = Translate(spec.HealthCheck),
        SuccessRate = Translate(spec.OutlierDetection?.SuccessRate),
        Hedging = spec.Hedging is { } hedging ? new Hedging(hedging.OnPerTryTimeout, Time(hedging.PerTryTimeout)) : null,
        PanicPercent = spec.PanicThreshold,
    };

    private static HealthCheck? Translate(ResilienceHealthCheck? check)
    {
        if (check is null)
        {
            return null;
        }

        var usual = new HealthCheck();
        return new HealthCheck
        {
            Kind = check.Tcp is not null ? HealthCheckKind.Tcp : check.Grpc is not null ? HealthCheckKind.Grpc : HealthCheckKind.Http,
            Path = check.Http?.Path ?? usual.Path,
            Host = check.Http?.Host ?? usual.Host,
            ExpectedStatuses = [.. check.Http?.ExpectedStatuses ?? []],
            Service = check.Grpc?.Service ?? usual.Service,
            Port = check.Port ?? 0,
            Interval = Time(check.Interval) ?? usual.Interval,
            Timeout = Time(check.Timeout) ?? usual.Timeout,
            HealthyThreshold = check.HealthyThreshold ?? usual.HealthyThreshold,
            UnhealthyThreshold = check.UnhealthyThreshold ?? usual.UnhealthyThreshold,
        };
    }

    private static SuccessRateEjection? Translate(ResilienceSuccessRate? rate)
    {
        if (rate is null)
        {
            return null;
        }

        var usual = new SuccessRateEjection();
        return new SuccessRateEjection
        {
            MinimumHosts = rate.MinimumHosts ?? usual.MinimumHosts,
            RequestVolume = rate.RequestVolume ?? usual.RequestVolume,
            StdevFactor = rate.StdevFactor ?? usual.StdevFactor,
            Interval = Time(rate.Interval) ?? usual.Interval,
            BaseEjectionTime = Time(rate.BaseEjectionTime) ?? usual.BaseEjectionTime,
            MaxEjectionPercent = rate.MaxEjectionPercent ?? usual.MaxEjectionPercent,
        };
    }

    private static TimeSpan? Time(string? text) => text is not null && DurationText.TryParseGateway(text, out var time) ? time : null;
}
