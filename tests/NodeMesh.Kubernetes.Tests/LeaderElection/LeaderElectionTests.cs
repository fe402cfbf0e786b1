using System.Collections.Concurrent;
using NodeMesh.Kubernetes.LeaderElection;
using NodeMesh.Kubernetes.Tests.Fixtures;
using NodeMesh.Testing;

namespace NodeMesh.Kubernetes.Tests.LeaderElection;

public sealed class LeaderElectionTests(ApiServer api)
{
    private static readonly TimeSpan Lease = TimeSpan.FromHours(6);

    [Fact]
    public async Task LeaderWithoutNetwork_StopsByItselfBeforeAnotherLeads()
    {
        var ns = await api.NamespaceAsync();
        var log = new ConcurrentQueue<string>();
        var clock = new ManualTimeProvider(DateTimeOffset.UtcNow);
        await using var one = new Candidate(api, ns, "one", log, clock: clock);
        await Eventually.TrueAsync(() => one.Leads, "one leads");
        await using var two = new Candidate(api, ns, "two", log, clock: clock);
        await using var three = new Candidate(api, ns, "three", log, clock: clock);
        Candidate[] others = [two, three];
        await Eventually.TrueAsync(() => others.All(c => c.Elector.Leader == "one"), "all know who leads");

        one.Relay.Refuse = true;
        one.Relay.Cut();
        clock.Advance(Lease * 2 / 3);
        await Eventually.TrueAsync(() => !one.Leads, "it leads no longer when it has not renewed for so long");
        Assert.DoesNotContain(others, c => c.Leads);
        clock.Advance(Lease / 3);
        await Eventually.TrueAsync(() => Later(clock, () => others.Count(c => c.Leads) == 1), "another leads when the lease has run out");
        var second = others.Single(c => c.Leads);
        Assert.Equal(["one begins", "one ends", $"{second.Name} begins"], log);

        var lease = await api.Admin.Resources(KubernetesKinds.Leases).InNamespace(ns).ReadAsync("leader");
        Assert.Equal(second.Name, lease.Spec!.HolderIdentity);
        Assert.Equal(1, lease.Spec.LeaseTransitions);
        Assert.Equal((int)Lease.TotalSeconds, lease.Spec.LeaseDurationSeconds);

        one.Relay.Refuse = false;
        await Eventually.TrueAsync(() => Later(clock, () => one.Elector.Leader == second.Name), "the first is back and knows who leads");
        Assert.False(one.Leads);
    }

    [Fact]
    public async Task LeaderThatStops_GivesTheLeaseUpAtOnce()
    {
        var ns = await api.NamespaceAsync();
        var log = new ConcurrentQueue<string>();
        await using var one = new Candidate(api, ns, "one", log);
        await Eventually.TrueAsync(() => one.Leads, "it leads");
        await using var two = new Candidate(api, ns, "two", log);
        await Eventually.TrueAsync(() => two.Elector.Leader == "one", "the other waits");
        await one.StopAsync();
        // Hours, had it not been given up.
        await Eventually.TrueAsync(() => two.Leads, "the other leads");
        Assert.Equal(["one begins", "one ends", "two begins"], log);
    }

    [Fact]
    public async Task LeaseTakenByForce_IsLost()
    {
        var ns = await api.NamespaceAsync();
        await using var one = new Candidate(api, ns, "one", new ConcurrentQueue<string>());
        await Eventually.TrueAsync(() => one.Leads, "it leads");
        var leases = api.Admin.Resources(KubernetesKinds.Leases).InNamespace(ns);
        await leases.PatchAsync(Kubernetes.Models.V1Patch.Merge("""{"spec":{"holderIdentity":"thief","leaseDurationSeconds":600}}"""), "leader");
        await Eventually.TrueAsync(() => !one.Leads && one.Elector.Leader == "thief", "it leads no longer");
    }

    [Fact]
    public async Task WorkThatEnds_GivesTheLeaseUp()
    {
        var ns = await api.NamespaceAsync();
        var elector = new LeaderElector(api.Admin, new LeaderElectionConfig(ns, "leader", "one"));
        await elector.RunUntilLeadershipLostAsync(_ => Task.CompletedTask, default);
        Assert.Equal("", (await api.Admin.Resources(KubernetesKinds.Leases).InNamespace(ns).ReadAsync("leader")).Spec!.HolderIdentity);
    }

    [Fact]
    public async Task WorkThatFails_TellsItsError()
    {
        var ns = await api.NamespaceAsync();
        var elector = new LeaderElector(api.Admin, new LeaderElectionConfig(ns, "leader", "one"));
        await Assert.ThrowsAsync<InvalidDataException>(() => elector.RunAsync(_ => Task.FromException(new InvalidDataException()), default));
        Assert.Equal("", (await api.Admin.Resources(KubernetesKinds.Leases).InNamespace(ns).ReadAsync("leader")).Spec!.HolderIdentity);
    }

    [Theory]
    [InlineData(10, 10, 2)]
    [InlineData(15, 2, 2)]
    [InlineData(15, 10, 0)]
    public void TimesThatAllowTwoLeaders_AreRefused(int lease, int renew, int retry) =>
        Assert.Throws<ArgumentException>(() => new LeaderElector(api.Admin, new LeaderElectionConfig("default", "x", "y")
        {
            LeaseDuration = TimeSpan.FromSeconds(lease),
            RenewDeadline = TimeSpan.FromSeconds(renew),
            RetryPeriod = TimeSpan.FromSeconds(retry),
        }));

    /// <summary>A second goes by whenever it is asked: retries come due, while the lease, which is long, does not run out.</summary>
    private static bool Later(ManualTimeProvider clock, Func<bool> condition)
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return condition();
    }

    private sealed class Candidate : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly KubernetesClient _client;
        private readonly Task _task;
        private volatile bool _leads;

        public Candidate(ApiServer api, string ns, string name, ConcurrentQueue<string> log, TimeProvider? clock = null)
        {
            Name = name;
            Relay = api.Cluster.AnotherRelay();
            _client = api.Client(new KubernetesClientOptions { Time = clock ?? TimeProvider.System }, Relay);
            Elector = new LeaderElector(_client, new LeaderElectionConfig(ns, "leader", name)
            {
                LeaseDuration = Lease,
                RenewDeadline = Lease * 2 / 3,
                RetryPeriod = TimeSpan.FromMilliseconds(300),
            });
            _task = Elector.RunAsync(token => LeadAsync(log, token), _stop.Token);
        }

        public string Name { get; }

        public Relay Relay { get; }

        public LeaderElector Elector { get; }

        public bool Leads => _leads;

        public async Task StopAsync()
        {
            await _stop.CancelAsync();
            await _task;
        }

        public async ValueTask DisposeAsync()
        {
            await StopAsync();
            _client.Dispose();
            await Relay.DisposeAsync();
            _stop.Dispose();
        }

        private async Task LeadAsync(ConcurrentQueue<string> log, CancellationToken ct)
        {
            log.Enqueue($"{Name} begins");
            _leads = true;
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            finally
            {
                _leads = false;
                log.Enqueue($"{Name} ends");
            }
        }
    }
}
