using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Tunnel;

namespace NodeMesh.Proxy.Admin;

/// <summary>A tunnel in the dump.</summary>
/// <param name="Id">Its number in this process.</param>
/// <param name="Source">Whose certificate it presents.</param>
/// <param name="Address">Where it ends.</param>
/// <param name="PeerUris">What the far end's certificate proves.</param>
/// <param name="State">Whether it takes new streams.</param>
/// <param name="Streams">Streams open now.</param>
/// <param name="TotalStreams">Streams so far.</param>
/// <param name="BytesSent">Bytes of connections' data sent.</param>
/// <param name="BytesReceived">Bytes of connections' data received.</param>
/// <param name="Opened">When its handshake was done.</param>
internal sealed record TunnelView(
    long Id, SpiffeId Source, IPEndPoint Address, ImmutableArray<string> PeerUris, TunnelState State, int Streams, long TotalStreams, long BytesSent, long BytesReceived, DateTimeOffset Opened)
{
    /// <summary>Makes the view.</summary>
    /// <param name="tunnel">The tunnel.</param>
    public static TunnelView Of(TunnelInfo tunnel) => new(
        tunnel.TunnelId, tunnel.Target.Source, tunnel.Target.Address, tunnel.Peer.Uris, tunnel.State, tunnel.ActiveStreams, tunnel.TotalStreams, tunnel.BytesSent, tunnel.BytesReceived, tunnel.OpenedAt);
}
