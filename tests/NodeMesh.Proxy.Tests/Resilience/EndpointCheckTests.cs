using System.Net;
using System.Threading.Channels;
using NodeMesh.Model;
using NodeMesh.Model.Traffic;
using NodeMesh.Proxy.Pods;
using NodeMesh.Proxy.Resilience.HealthChecks;
using NodeMesh.Testing;

namespace NodeMesh.Proxy.Tests.Resilience;

public sealed class EndpointCheckTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public async Task Endpoint_FailingAsOftenAsThePolicySays_IsUnhealthyUntilItPassesAsOften()
    {
        var results = new ScriptedProbe();
        var seen = Channel.CreateUnbounded<bool>();
        await using var check = Make(results, seen, new HealthCheck { UnhealthyThreshold = 3, HealthyThreshold = 2 });
        check.Start();

        foreach (var (passes, healthy) in new[] { (false, true), (false, true), (true, true), (false, true), (false, true), (false, false), (true, false), (false, false), (true, false), (true, true) })
        {
            results.Next(passes ? HealthCheckResult.Passed : HealthCheckResult.Failed("status 500"));
            Assert.Equal(healthy, await seen.Reader.ReadAsync(TestContext.Current.CancellationToken));
            Assert.Equal(passes ? null : "status 500", check.Problem);
            await NextAsync(results);
        }
    }

    [Fact]
    public async Task Result_ThatSaysNothing_ChangesNothing()
    {
        var results = new ScriptedProbe();
        var seen = Channel.CreateUnbounded<bool>();
        await using var check = Make(results, seen, new HealthCheck { UnhealthyThreshold = 1 });
        check.Start();
        results.Next(HealthCheckResult.Unknown);
        await NextAsync(results);
        results.Next(HealthCheckResult.Failed("gone"));
        Assert.False(await seen.Reader.ReadAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, seen.Reader.Count);
    }

    // The check that was answered waits for its interval: the clock moves until the next is under way.
    private async Task NextAsync(ScriptedProbe probe)
    {
        var asked = probe.Asked;
        await DataPaths.Eventually.TrueAsync(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(10));
                return probe.Asked > asked;
            },
            "no further check began");
    }

    private EndpointCheck Make(ScriptedProbe probe, Channel<bool> seen, HealthCheck policy)
    {
        var workload = new Workload { Uid = "a", Name = "a", Namespace = "shop", Addresses = [IPAddress.Parse("10.244.1.2")] };
        var service = new Service { Name = "web", Namespace = "shop", Hostname = "web.shop.svc.cluster.local", Ports = [new ServicePort(80, 8080)] };
        var pod = new PodRuntime(new PodEnrollment { Uid = "c", Name = "c", Namespace = "shop", ServiceAccount = "c", Addresses = ["10.244.1.3"], NetworkNamespace = "/none" }, "cluster.local");
        var target = new HealthCheckTarget(pod, workload, service, 80, TrafficSettings.Default, workload, 8080, policy);
        return new EndpointCheck(target, isHealthy: true, probe, _time, (check, _, _) => seen.Writer.TryWrite(check.IsHealthy));
    }

    private sealed class ScriptedProbe : IHealthProbe
    {
        private readonly Channel<HealthCheckResult> _results = Channel.CreateUnbounded<HealthCheckResult>();
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public void Next(HealthCheckResult result) => _results.Writer.TryWrite(result);

        public async Task<HealthCheckResult> CheckAsync(HealthCheckTarget target, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return await _results.Reader.ReadAsync(cancellationToken);
        }
    }
}
