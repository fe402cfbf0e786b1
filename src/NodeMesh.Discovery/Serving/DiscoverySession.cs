using System.Threading.Channels;
using NodeMesh.Discovery.Protos.Xds;

namespace NodeMesh.Discovery.Serving;

/// <summary>One open stream. All but <see cref="Wake"/> and <see cref="WaitAsync"/> is guarded by the server's lock.</summary>
internal sealed class DiscoverySession(DiscoveryPeer peer, DateTimeOffset connectedSince)
{
    // A latch of one: any number of wake-ups while the sender works are one more round.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Dictionary<string, TypeSubscription> _types = new(StringComparer.Ordinal);
    private readonly List<TypeSubscription> _order = [];
    private long _nonce;

    public DiscoveryPeer Peer { get; } = peer;

    public string NodeId { get; set; } = "";

    public int RequestedCount => _order.Sum(t => t.RequestedCount);

    public void Wake() => _wake.Writer.TryWrite(true);

    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) => _wake.Reader.ReadAsync(cancellationToken);

    public TypeSubscription? Find(string typeUrl) => _types.GetValueOrDefault(typeUrl);

    public TypeSubscription Open(ResourceTable table, DeltaDiscoveryServerOptions options)
    {
        var subscription = new TypeSubscription(table, options);
        _types[table.TypeUrl] = subscription;
        _order.Add(subscription);
        return subscription;
    }

    /// <summary>The next response of the first type, in the order of subscription, that has one.</summary>
    public DeltaDiscoveryResponse? Next(string revision, DateTimeOffset now)
    {
        foreach (var subscription in _order)
        {
            if (subscription.Next(revision, NextNonce, now) is { } response)
            {
                return response;
            }
        }

        return null;
    }

    public ProxyStatus Status() => new(Peer.Node, NodeId, Peer.RemoteEndPoint?.ToString() ?? "", connectedSince, [.. _order.Select(t => t.Status())]);

    private string NextNonce() => (++_nonce).ToString(System.Globalization.CultureInfo.InvariantCulture);
}
