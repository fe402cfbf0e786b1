using System.Globalization;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Identity;
using NodeMesh.Linux.Events;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <summary>
/// One connection through a tunnel, at either end: an HTTP/2 CONNECT stream. END_STREAM is half-close, RST_STREAM is reset,
/// except that a reset with NO_ERROR or CANCEL after END_STREAM leaves what was received readable.
/// </summary>
public sealed class TunnelConnection : ConnectionContext
{
    private readonly Http2Stream _stream;
    private string? _connectionId;
    private IFeatureCollection? _features;
    private IDictionary<object, object?>? _items;

    internal TunnelConnection(Http2Stream stream, IReadOnlyList<KeyValuePair<string, string>> responseHeaders)
    {
        _stream = stream;
        ResponseHeaders = responseHeaders;
        Transport = new TunnelDuplexPipe(new TunnelPipeReader(stream), new TunnelPipeWriter(stream));
        LocalEndPoint = stream.Connection.Transport.LocalEndPoint;
        RemoteEndPoint = stream.Connection.Transport.RemoteEndPoint;
    }

    /// <summary>The certificate of the tunnel's other end.</summary>
    public PeerCertificate Peer => _stream.Connection.Peer;

    /// <summary>The tunnel that carries the connection, a number unique in the process.</summary>
    public long TunnelId => _stream.Connection.Id;

    /// <summary>The event loop whose thread the tunnel lives on; what its reader and writer do next runs there and must not wait.</summary>
    public EventLoop Loop => _stream.Connection.Transport.Loop;

    /// <summary>How many bytes of <see cref="TunnelConnectRequest.Early"/> left with the request: all or none.</summary>
    public int EarlySent => _stream.EarlySent;

    /// <summary>The headers of the far end's answer, without <c>:status</c>; empty at the server.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders { get; }

    /// <summary>The tunnel's number and the stream's in it.</summary>
    public override string ConnectionId
    {
        get => _connectionId ??= string.Create(CultureInfo.InvariantCulture, $"{TunnelId}:{_stream.Id}");
        set => _connectionId = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _features ??= new FeatureCollection();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new ConnectionItems();
        set => _items = value;
    }

    /// <summary>The data of both directions.</summary>
    public override IDuplexPipe Transport { get; set; }

    /// <summary>Fires when both directions have ended, or the stream was reset, or the tunnel is gone.</summary>
    public override CancellationToken ConnectionClosed
    {
        get => _stream.Closed;
        set => throw new NotSupportedException();
    }

    /// <summary>The TCP connection's near end; many connections share it.</summary>
    public override EndPoint? LocalEndPoint { get; set; }

    /// <summary>The TCP connection's far end; many connections share it.</summary>
    public override EndPoint? RemoteEndPoint { get; set; }

    internal Http2Stream Stream => _stream;

    /// <summary>Resets both directions now (RST_STREAM CANCEL).</summary>
    /// <param name="abortReason">What our own reader and writer get.</param>
    public override void Abort(ConnectionAbortedException abortReason) => _stream.Reset(Http2ErrorCode.Cancel, abortReason);

    /// <summary>Releases everything. Where a direction has not ended, the stream is reset.</summary>
    /// <returns>At once.</returns>
    public override ValueTask DisposeAsync()
    {
        _stream.Reset(Http2ErrorCode.Cancel, new ConnectionAbortedException("the connection was disposed"));
        Transport.Input.Complete();
        Transport.Output.Complete();
        return base.DisposeAsync();
    }
}
