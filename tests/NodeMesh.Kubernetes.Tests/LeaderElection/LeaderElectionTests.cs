using System.Collections.Concurrent;
using NodeMesh.Kubernetes.LeaderElection;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Kubernetes.Tests.LeaderElection;

public sealed class LeaderElectionTests(ApiServer api)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(6);

    [Fact]
    public async Task ThreeCandidates_OneLeads_AndAnotherWhenItDies()
    {
        var ns = await api.NamespaceAsync();
        var log = new ConcurrentQueue<string>();
        await using var one = new Candidate(api, ns, "one", log);
        await using var two = new Candidate(api, ns, "two", log);
        await using var three = new Candidate(api, ns, "three", log);
        Candidate[] all = [one, two, three];
        await Eventually.TrueAsync(() => all.Count(c => c.Leads) == 1, "one leads");
        var first = all.Single(c => c.Leads);
        await Eventually.TrueAsync(() => all.All(c => c.Elector.Leader == first.Name), "all know who leads");

        // Its network dies, not its process: it must stop by itself before another begins.
        first.Relay.Refuse = true;
        first.Relay.Cut();
        var others = all.Where(c => c != first).ToArray();
        await Eventually.TrueAsync(() => others.Count(c => c.Leads) == 1, "another leads");
        Assert.False(first.Leads);
        var second = others.Single(c => c.Leads);
        Assert.Equal([$"{first.Name} begins", $"{first.Name} ends", $"{second.Name} begins"], log);

        var lease = await api.Admin.Resources(KubernetesKinds.Leases).InNamespace(ns).ReadAsync("leader");
        Assert.Equal(second.Name, lease.Spec!.HolderIdentity);
        Assert.Equal(1, lease.Spec.LeaseTransitions);
        Assert.Equal(6, lease.Spec.LeaseDurationSeconds);

        first.Relay.Refuse = false;
        await Eventually.TrueAsync(() => first.Elector.Leader == second.Name, "the first is back and knows who leads");
        Assert.False(first.Leads);
    }

    [Fact]
    public async Task LeaderThatStops_GivesTheLeaseUpAtOnce()
    {
        var ns = await api.NamespaceAsync();
        var log = new ConcurrentQueue<string>();
        await using var one = new Candidate(api, ns, "one", log, TimeSpan.FromMinutes(10));
        await Eventually.TrueAsync(() => one.Leads, "it leads");
        await using var two = new Candidate(api, ns, "two", log, TimeSpan.FromMinutes(10));
        await Eventually.TrueAsync(() => two.Elector.Leader == "one", "the other waits");
        await one.StopAsync();
        // Ten minutes, had it not been given up.
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

    private sealed class Candidate : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly KubernetesClient _client;
        private readonly Task _task;
        private volatile bool _leads;

        public Candidate(ApiServer api, string ns, string name, ConcurrentQueue<string> log, TimeSpan? lease = null)
        {
            Name = name;
            Relay = api.Cluster.AnotherRelay();
            _client = api.Client(null, Relay);
            Elector = new LeaderElector(_client, new LeaderElectionConfig(ns, "leader", name)
            {
                LeaseDuration = lease ?? Lease,
                RenewDeadline = (lease ?? Lease) * 2 / 3,
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
