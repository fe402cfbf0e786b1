using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Model.Resilience;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Http.Upstream;
using NodeMesh.Proxy.Resilience;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>
/// One port of a service, or of a subset of it, as the clients of this node see it: which endpoint a request goes to, how many may be under way, and who
/// is left out. What is counted survives changes of the model.
/// </summary>
internal sealed class UpstreamCluster
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, UpstreamEndpoint> _endpoints = new(StringComparer.Ordinal);
    private readonly UpstreamClusterKey _key;
    private readonly Balancers _balancers;
    private readonly TimeProvider _time;
    private readonly OutlierDetector _outliers;
    private readonly Action<UpstreamCluster, UpstreamEndpoint, bool>? _ejected;
    private Facts? _facts;
    private EndpointSet _set;

    /// <summary>Makes a cluster without endpoints.</summary>
    /// <param name="key">What it is.</param>
    /// <param name="balancers">The balancers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="ejected">Told of ejections (true) and returns; null for nobody.</param>
    public UpstreamCluster(UpstreamClusterKey key, Balancers balancers, TimeProvider time, Action<UpstreamCluster, UpstreamEndpoint, bool>? ejected = null)
    {
        _key = key;
        _balancers = balancers;
        _time = time;
        _ejected = ejected;
        _set = new EndpointSet([], false, balancers.Of(LoadBalancerKind.LeastRequest), balancers.Random, 0);
        _outliers = new OutlierDetector(time, EndpointChanged);
    }

    /// <summary>What it is.</summary>
    public UpstreamClusterKey Key => _key;

    /// <summary>The traffic settings that hold.</summary>
    public TrafficSettings Settings { get; private set; } = TrafficSettings.Default;

    /// <summary>What they say of connections that requests leave by; null for nothing.</summary>
    public UpstreamLimits? Limits { get; private set; }

    /// <summary>Its limits.</summary>
    public CircuitBreaker Circuit { get; } = new();

    /// <summary>The endpoints, as they are now.</summary>
    public EndpointSet Endpoints => Volatile.Read(ref _set);

    /// <summary>What it was last made of: another object after each change, for comparison alone.</summary>
    public object? Stamp => Volatile.Read(ref _facts);

    /// <summary>When it was last asked, as a time stamp.</summary>
    public long LastUsed { get; private set; }

    /// <summary>The UID of the workload that asked last; null when none was known.</summary>
    public string? LastClient { get; private set; }

    /// <summary>Takes in what the model says now; costs two comparisons where nothing changed.</summary>
    /// <param name="service">The service.</param>
    /// <param name="workloads">The workloads that back it.</param>
    /// <param name="policy">The traffic policy; null for none.</param>
    /// <param name="client">Where the clients are.</param>
    /// <param name="source">The workload that asks; null when it is not known.</param>
    public void Update(Service service, ImmutableArray<Workload> workloads, TrafficPolicy? policy, ClientPlacement client, Workload? source = null)
    {
        NoteUse(source);
        if (Volatile.Read(ref _facts) is { } facts && facts.Are(service, workloads, policy))
        {
            return;
        }

        lock (_gate)
        {
            if (_facts is { } now && now.Are(service, workloads, policy))
            {
                return;
            }

            Rebuild(service, workloads, policy, client);
            Volatile.Write(ref _facts, new Facts(service, workloads, policy));
        }
    }

    /// <summary>Notes that it is used, without a look at the model.</summary>
    /// <param name="source">The workload that asks; null when it is not known.</param>
    public void NoteUse(Workload? source)
    {
        LastUsed = _time.GetTimestamp();
        LastClient = source?.Uid ?? LastClient;
    }

    /// <summary>Chooses an endpoint.</summary>
    /// <param name="query">The request.</param>
    /// <returns>The endpoint, not counted yet; null when none may be taken.</returns>
    public UpstreamEndpoint? Choose(in EndpointQuery query) => Endpoints.Choose(query);

    /// <summary>Takes note of what became of a try.</summary>
    /// <param name="endpoint">Where it went.</param>
    /// <param name="outcome">What became of it.</param>
    public void Report(UpstreamEndpoint endpoint, in AttemptOutcome outcome) => _outliers.Report(endpoint, outcome);

    /// <summary>Lets endpoints return whose time is over.</summary>
    public void Sweep() => _outliers.Sweep();

    private void Rebuild(Service service, ImmutableArray<Workload> workloads, TrafficPolicy? policy, ClientPlacement client)
    {
        var settings = policy?.For(_key.Port, _key.Subset) ?? TrafficSettings.Default;
        var subset = _key.Subset.Length == 0 ? null : policy?.FindSubset(_key.Subset);
        var builder = new EndpointSetBuilder(service, settings, client, _key.ClientLabels);

        // The first endpoints share the load from the start: warming all of them up would change nothing.
        long? began = _facts is null ? null : _time.GetTimestamp();
        var present = new List<UpstreamEndpoint>(workloads.Length);
        foreach (var workload in workloads)
        {
            // A subset that the policy does not have has no endpoints.
            if (builder.Includes(workload)
                && (_key.Subset.Length == 0 || subset?.Includes(workload) == true)
                && EndpointSelector.ResolvePort(service, workload, _key.Port) is { } port)
            {
                present.Add(Keep(workload, port, began));
            }
        }

        var gone = _endpoints.Keys.Except(present.Select(e => e.Uid), StringComparer.Ordinal).ToList();
        gone.ForEach(uid => _endpoints.Remove(uid));
        UpstreamEndpoint[] endpoints = [.. present];
        _outliers.Update(settings.OutlierDetection, settings.Resilience?.SuccessRate, endpoints);
        if (settings.Resilience?.HealthCheck is null)
        {
            // Nobody asks any more.
            present.ForEach(static e => e.FailsChecks = false);
        }

        Settings = settings;
        Limits = UpstreamLimits.Of(settings.ConnectionPool);
        Circuit.Update(settings.ConnectionPool, settings.RetryBudget);
        Volatile.Write(ref _set, builder.Build(endpoints, _balancers, _time));
    }

    private UpstreamEndpoint Keep(Workload workload, int port, long? began)
    {
        if (_endpoints.TryGetValue(workload.Uid, out var known) && known.Port == port)
        {
            known.Workload = workload;
            return known;
        }

        return _endpoints[workload.Uid] = new UpstreamEndpoint(workload, port, began);
    }

    private void EndpointChanged(UpstreamEndpoint endpoint, bool ejected)
    {
        Endpoints.Refresh();
        _ejected?.Invoke(this, endpoint, ejected);
    }

    private sealed record Facts(Service Service, ImmutableArray<Workload> Workloads, TrafficPolicy? Policy)
    {
        public bool Are(Service service, ImmutableArray<Workload> workloads, TrafficPolicy? policy) =>
            ReferenceEquals(Service, service) && Workloads == workloads && ReferenceEquals(Policy, policy);
    }
}
