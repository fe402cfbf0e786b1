using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NodeMesh.Model;
using NodeMesh.Proxy.LoadBalancing;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Resilience.HealthChecks;

/// <summary>
/// Asks the endpoints of services whose policies want it whether they are well, as long as a pod of this node uses the service, and leaves those out of the
/// balancing that are not. Each check bears the identity of the pod that used the service last: what that pod may not reach is not well for it.
/// An endpoint counts as well until its checks say otherwise, and keeps what they found while nobody uses the service.
/// </summary>
/// <param name="clusters">The endpoints.</param>
/// <param name="state">The model.</param>
/// <param name="pods">The pods of this node.</param>
/// <param name="probe">Asks.</param>
/// <param name="observer">Counts checks; null for nobody.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Where changes are told.</param>
internal sealed partial class HealthChecker(
    UpstreamClusters clusters, MeshState state, PodRegistry pods, IHealthProbe probe, IPipelineObserver? observer, TimeProvider time, ILogger<HealthChecker> log) : BackgroundService
{
    /// <summary>Checks go on for so long after the last request or connection.</summary>
    public static readonly TimeSpan Use = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<HealthCheckKey, EndpointCheck> _checks = [];

    /// <summary>Begins checks that are wanted now, and ends those that are not.</summary>
    /// <returns>When those have ended.</returns>
    public async Task SweepAsync()
    {
        var wanted = Wanted();
        List<EndpointCheck> ended = [];
        lock (_gate)
        {
            foreach (var (key, check) in _checks)
            {
                if (!wanted.ContainsKey(key))
                {
                    _checks.Remove(key);
                    ended.Add(check);
                }
            }

            foreach (var (key, (target, isHealthy)) in wanted)
            {
                if (_checks.TryGetValue(key, out var check))
                {
                    check.Target = target;
                }
                else
                {
                    _checks[key] = check = new EndpointCheck(target, isHealthy, probe, time, Checked);
                    check.Start();
                }
            }
        }

        Apply();
        foreach (var check in ended)
        {
            await check.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        EndpointCheck[] all;
        lock (_gate)
        {
            all = [.. _checks.Values];
            _checks.Clear();
        }

        foreach (var check in all)
        {
            await check.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await SweepAsync();
        }
    }

    private Dictionary<HealthCheckKey, (HealthCheckTarget Target, bool IsHealthy)> Wanted()
    {
        var model = state.Current;
        var wanted = new Dictionary<HealthCheckKey, (HealthCheckTarget, bool)>();
        Dictionary<string, (PodRuntime Pod, Workload Workload)>? clients = null;
        foreach (var cluster in clusters.All)
        {
            // What a cluster has is as old as its last use.
            if (model.FindTrafficPolicy(cluster.Key.Service, cluster.Key.PolicyNamespace)?.For(cluster.Key.Port, cluster.Key.Subset).Resilience?.HealthCheck is not { } check
                || cluster.Settings.Resilience?.HealthCheck != check
                || cluster.LastClient is not { } last
                || time.GetElapsedTime(cluster.LastUsed) > Use
                || model.FindService(cluster.Key.Service) is not { } service
                || !(clients ??= Clients(model)).TryGetValue(last, out var client))
            {
                continue;
            }

            foreach (var group in cluster.Endpoints.Groups)
            {
                foreach (var endpoint in group.Endpoints)
                {
                    var port = check.Port == 0 ? endpoint.Port : check.Port;
                    var target = new HealthCheckTarget(client.Pod, client.Workload, service, cluster.Key.Port, cluster.Settings, endpoint.Workload, port, check);
                    wanted.TryAdd(new HealthCheckKey(service.Key, cluster.Key.Port, endpoint.Uid, port, check), (target, !endpoint.FailsChecks));
                }
            }
        }

        return wanted;
    }

    private Dictionary<string, (PodRuntime Pod, Workload Workload)> Clients(MeshModel model)
    {
        var clients = new Dictionary<string, (PodRuntime, Workload)>(StringComparer.Ordinal);
        foreach (var pod in pods.Pods)
        {
            if (pod.State == PodState.Captured && pod.FindWorkload(model) is { } workload)
            {
                clients[workload.Uid] = (pod, workload);
            }
        }

        return clients;
    }

    private void Checked(EndpointCheck check, HealthCheckResult result, bool hasChanged)
    {
        observer?.EndpointChecked(result.Outcome == HealthCheckOutcome.Passed);
        if (hasChanged)
        {
            Apply();
        }
    }

    /// <summary>Tells clusters what is thought of their endpoints.</summary>
    private void Apply()
    {
        lock (_gate)
        {
            foreach (var cluster in clusters.All)
            {
                var changed = false;
                var check = cluster.Settings.Resilience?.HealthCheck;
                foreach (var group in cluster.Endpoints.Groups)
                {
                    foreach (var endpoint in group.Endpoints)
                    {
                        changed |= check is null
                            ? Release(endpoint)
                            : Apply(cluster, endpoint, new HealthCheckKey(cluster.Key.Service, cluster.Key.Port, endpoint.Uid, check.Port == 0 ? endpoint.Port : check.Port, check));
                    }
                }

                if (changed)
                {
                    cluster.Endpoints.Refresh();
                }
            }
        }
    }

    /// <summary>A check may have failed in the moment in which its policy went: nobody asks any more, so nothing else would bring the endpoint back.</summary>
    private static bool Release(UpstreamEndpoint endpoint)
    {
        var failed = endpoint.FailsChecks;
        if (failed)
        {
            endpoint.FailsChecks = false;
        }

        return failed;
    }

    private bool Apply(UpstreamCluster cluster, UpstreamEndpoint endpoint, in HealthCheckKey key)
    {
        if (!_checks.TryGetValue(key, out var found))
        {
            return false;
        }

        endpoint.Problem = found.Problem;
        if (endpoint.FailsChecks == !found.IsHealthy)
        {
            return false;
        }

        endpoint.FailsChecks = !found.IsHealthy;
        if (endpoint.FailsChecks)
        {
            LogUnhealthy(endpoint.Uid, cluster.Key.Service, endpoint.Problem);
        }
        else
        {
            LogHealthy(endpoint.Uid, cluster.Key.Service);
        }

        return true;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "endpoint {Endpoint} of {Service} gets no traffic, as its health checks fail: {Problem}")]
    private partial void LogUnhealthy(string endpoint, NamespacedName service, string? problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "endpoint {Endpoint} of {Service} gets traffic again: its health checks pass")]
    private partial void LogHealthy(string endpoint, NamespacedName service);
}
