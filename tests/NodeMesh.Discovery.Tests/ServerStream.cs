using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Discovery.Protos.Xds;
using NodeMesh.Grpc;

namespace NodeMesh.Discovery.Tests;

/// <summary>One stream of a server under test, without a network: what the test sends and what the server answers.</summary>
internal sealed class ServerStream : GrpcServerStream<DeltaDiscoveryResponse>, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Channel<DeltaDiscoveryRequest> _requests = Channel.CreateUnbounded<DeltaDiscoveryRequest>();
    private readonly Channel<DeltaDiscoveryResponse> _responses = Channel.CreateUnbounded<DeltaDiscoveryResponse>();
    private readonly CancellationTokenSource _end = new();

    public ServerStream(DeltaDiscoveryServer server) =>
        Serving = server.HandleAsync(_requests.Reader.ReadAllAsync(_end.Token), this, new DiscoveryPeer("node-1", null), _end.Token);

    public Task Serving { get; }

    public static DeltaDiscoveryServer CreateServer(DeltaDiscoveryServerOptions? options = null) =>
        new(options ?? new DeltaDiscoveryServerOptions(), TimeProvider.System, NullLoggerFactory.Instance);

    public override ValueTask WriteAsync(DeltaDiscoveryResponse message, CancellationToken cancellationToken) => _responses.Writer.WriteAsync(message, cancellationToken);

    public void Send(DeltaDiscoveryRequest request) => Assert.True(_requests.Writer.TryWrite(request));

    public void Subscribe(string typeUrl, params string[] names) => Send(new DeltaDiscoveryRequest { TypeUrl = typeUrl, ResourceNamesSubscribe = { names } });

    public async Task<DeltaDiscoveryResponse> ReadAsync(bool acknowledge = true)
    {
        using var patience = new CancellationTokenSource(Patience);
        var response = await _responses.Reader.ReadAsync(patience.Token);
        if (acknowledge)
        {
            Send(new DeltaDiscoveryRequest { TypeUrl = response.TypeUrl, ResponseNonce = response.Nonce });
        }

        return response;
    }

    /// <summary>Asks for a name that does not exist and expects its refusal next: so nothing else was on the way.</summary>
    public async Task ExpectNothingAsync(string typeUrl)
    {
        var probe = $"probe-{Guid.NewGuid():N}";
        Subscribe(typeUrl, probe);
        var response = await ReadAsync();
        Assert.Empty(response.Resources);
        Assert.Equal([probe], response.RemovedResources);
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _end.Dispose();
    }
}
