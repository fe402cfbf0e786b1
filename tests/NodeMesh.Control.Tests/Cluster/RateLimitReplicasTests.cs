using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using NodeMesh.Control.Cluster;
using NodeMesh.Discovery;
using NodeMesh.Discovery.Protos.RateLimits;
using NodeMesh.Grpc;
using NodeMesh.Kubernetes;
using NodeMesh.Kubernetes.Tests.Fixtures;

namespace NodeMesh.Control.Tests.Cluster;

/// <summary>Of two control planes one keeps the buckets of rate limits, whichever is asked.</summary>
[Collection(nameof(ClusterFixture))]
public sealed class RateLimitReplicasTests(ClusterFixture cluster)
{
    private const int Port = 27512;

    [Fact]
    public async Task Lease_OfAReplicaThatDoesNotLead_ComesFromTheLeaderUntilAnotherLeads()
    {
        var (mesh, node) = (await cluster.NamespaceAsync(meshed: false), ClusterFixture.Unique("node"));
        var token = await OnCluster.TokenAsync(cluster, mesh, node);
        var (first, second) = (Address(1), Address(2));
        await using var one = await OnCluster.StartAsync(cluster, mesh, "one", listen: new IPEndPoint(first, Port));
        var leases = cluster.Admin.Resources(KubernetesKinds.Leases).InNamespace(mesh);
        await Eventually.TrueAsync(async () => (await leases.FindAsync(LeaderLoop.LeaseName))?.Spec?.HolderIdentity == "one", "the first leads");
        await using var two = await OnCluster.StartAsync(cluster, mesh, "two", listen: new IPEndPoint(second, Port));

        // The pod of the leader is how the other finds it.
        await cluster.ApplyAsync(ClusterFixture.Pod(mesh, "one", first.ToString()));
        var asked = await EventuallyLeaseAsync(one, first, token, needed: 3);
        var passedOn = await EventuallyLeaseAsync(two, second, token, needed: 9);
        Assert.Equal((asked.Keeper, 3u, 2u), (passedOn.Keeper, asked.Grants[0].Granted, passedOn.Grants[0].Granted));

        await one.Host.StopAsync();
        var after = await EventuallyLeaseAsync(two, second, token, needed: 9);
        Assert.NotEqual(asked.Keeper, after.Keeper);
        Assert.Equal(5u, after.Grants[0].Granted);
    }

    /// <summary>Addresses of loopback that no other process has.</summary>
    private static IPAddress Address(byte last) => new([127, (byte)(128 + (Environment.ProcessId >> 8 & 0x7f)), (byte)Environment.ProcessId, last]);

    /// <summary>Asks until somebody keeps the buckets.</summary>
    private static async Task<LeaseResponse> EventuallyLeaseAsync(ControlFixture control, IPAddress address, string token, uint needed)
    {
        LeaseResponse? response = null;
        await Eventually.TrueAsync(async () => (response = await LeaseAsync(control, address, token, needed)) is not null, $"{address} gives tokens");
        return response!;
    }

    /// <summary>The answer; null while there is nobody who could.</summary>
    private static async Task<LeaseResponse?> LeaseAsync(ControlFixture control, IPAddress address, string token, uint needed)
    {
        var roots = new X509Certificate2Collection();
        roots.ImportFromPem(control.Host.RootsPem);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(roots);
        var transport = new GrpcTransportOptions { Tls = new SslClientAuthenticationOptions { TargetHost = ControlFixture.ServerName, CertificateChainPolicy = policy } };
        using var channel = new GrpcChannel(GrpcTransport.Create(transport), new Uri($"https://{address}:{Port}"), ownsInvoker: true);
        var ask = new LeaseAsk { Key = ByteString.CopyFrom(new byte[RateLimitMethods.KeyBytes]), Requests = 5, Burst = 5, Period = Duration.FromTimeSpan(TimeSpan.FromHours(24)), Needed = needed };
        var options = new GrpcCallOptions { Metadata = [new("authorization", $"Bearer {token}")], Deadline = ControlFixture.Patience };
        try
        {
            return await channel.UnaryAsync(RateLimitMethods.Lease, new LeaseRequest { Asks = { ask } }, options, TestContext.Current.CancellationToken);
        }
        catch (GrpcException e) when (e.Code == GrpcStatusCode.Unavailable)
        {
            return null;
        }
    }
}
