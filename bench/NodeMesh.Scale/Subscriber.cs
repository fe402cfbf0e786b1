using System.Collections.Immutable;
using System.Globalization;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Discovery;
using NodeMesh.Grpc;
using NodeMesh.Model;

namespace NodeMesh.Scale;

/// <summary>What of a node proxy listens to discovery: the proxy's own client, with a connection of its own.</summary>
internal sealed class Subscriber : IDiscoveryHandler, IAsyncDisposable
{
    private readonly int _number;
    private readonly CancellationTokenSource _stop = new();
    private readonly DeltaDiscoveryClient _client;
    private readonly Task _running;
    private readonly string _tokenFile = Path.GetTempFileName();
    private readonly string _roots;
    private volatile PodChange? _change;

    public Subscriber(int number, string token, string roots)
    {
        _number = number;
        _roots = roots;
        File.WriteAllText(_tokenFile, token);
        var node = new DiscoveryNode(SimulatedCluster.NodeName(number), ["172.20.0.1"], SimulatedCluster.MeshNamespace, $"proxy-{number.ToString(CultureInfo.InvariantCulture)}", Locality.Unknown);
        _client = new DeltaDiscoveryClient(Connect, node, this, new DeltaDiscoveryClientOptions { TokenFile = _tokenFile }, TimeProvider.System, NullLoggerFactory.Instance);
        _running = _client.RunAsync(_stop.Token);
    }

    /// <summary>Waits until it has everything.</summary>
    public Task WaitAsync(CancellationToken ct) => _client.WaitForSyncAsync(ct);

    /// <summary>What it listens for from now on.</summary>
    public void Expect(PodChange change) => _change = change;

    /// <inheritdoc/>
    public ValueTask<ImmutableArray<RejectedResource>> ApplyAsync(DiscoveryUpdate update, CancellationToken cancellationToken)
    {
        if (_change is { } change && update.Added.Any(r => r.Model is Workload workload && workload.Uid == change.Uid && workload.Health == WorkloadHealth.Healthy == change.Healthy))
        {
            change.Hear(_number);
        }

        return ValueTask.FromResult(ImmutableArray<RejectedResource>.Empty);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        File.Delete(_tokenFile);
    }

    private GrpcChannel Connect()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, DisableCertificateDownloads = true };
        policy.CustomTrustStore.ImportFromPem(_roots);
        var transport = new GrpcTransportOptions { Tls = new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = policy } };
        return new GrpcChannel(GrpcTransport.Create(transport), new Uri($"https://127.0.0.1:{ControlProcess.DiscoveryPort.ToString(CultureInfo.InvariantCulture)}"), ownsInvoker: true);
    }
}
