using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeMesh.Tunnel.Tests.Http2;

namespace NodeMesh.Tunnel.Tests;

/// <summary>A server of one tunnel that says what a test tells it, and a pool that reaches it.</summary>
internal sealed class RawServer : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly TestCertificates _certificates = new("cluster.local", TimeProvider.System);

    public RawServer(TunnelOptions? options = null, TimeProvider? time = null)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Pool = new TunnelPool(_certificates, TestMesh.DialAsync, options ?? new TunnelOptions(), time ?? TimeProvider.System, NullLoggerFactory.Instance);
        Peer = AcceptAsync();
    }

    public Task<RawPeer> Peer { get; private set; }

    public TunnelPool Pool { get; }

    public TunnelTarget Target => new(_certificates.Identity("client"), (IPEndPoint)_listener.LocalEndPoint!, [_certificates.Identity("server").ToString()]);

    /// <summary>Takes the next tunnel.</summary>
    public Task<RawPeer> AcceptNext() => Peer = AcceptAsync();

    public Task<TunnelConnection> BeginConnect() => Pool.ConnectAsync(Target, new TunnelConnectRequest("10.0.0.1:80", []), TestMesh.Deadline).AsTask();

    /// <summary>Connects, and answers 200 on stream 1.</summary>
    public async Task<TunnelConnection> ConnectAsync()
    {
        var connecting = BeginConnect();
        var peer = await Peer;
        await AnswerAsync(peer, 1, "200");
        return await connecting;
    }

    public static async Task AnswerAsync(RawPeer peer, int streamId, string status)
    {
        await peer.ReadUntilAsync(NodeMesh.Tunnel.Http2.FrameType.Headers, streamId);
        await peer.SendAsync(NodeMesh.Tunnel.Http2.FrameType.Headers, 0x4, streamId, peer.Encode((":status", status)));
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        if (Peer.IsCompletedSuccessfully)
        {
            await (await Peer).DisposeAsync();
        }

        await Pool.DisposeAsync();
    }

    private async Task<RawPeer> AcceptAsync() => await RawPeer.AcceptAsync(await _listener.AcceptAsync(TestMesh.Deadline), _certificates.Issue("server"));
}
