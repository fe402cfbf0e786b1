using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Connections;
using NodeMesh.Identity;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <summary>A CONNECT request that a tunnel's server received. Exactly one of <see cref="AcceptAsync"/> and <see cref="RejectAsync"/> answers it; a handler that returns without either answers 503.</summary>
public sealed class TunnelRequest : IThreadPoolWorkItem
{
    private readonly Http2Stream _stream;
    private readonly RequestHead _head;
    private int _answered;

    internal TunnelRequest(ServerConnection server, Http2Stream stream, RequestHead head)
    {
        Server = server;
        _stream = stream;
        _head = head;
    }

    /// <summary>The method; always <c>CONNECT</c>, others were answered 400 already.</summary>
    public string Method => _head.Method;

    /// <summary>The destination that the client asks for, checked to be <c>host:port</c>.</summary>
    public string Authority => _head.Authority;

    /// <summary>The other headers in order, names in lower case.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => _head.Headers;

    /// <summary>The client's certificate.</summary>
    public PeerCertificate Peer => Server.Peer;

    /// <summary>The client's end of the TCP connection.</summary>
    public IPEndPoint RemoteEndPoint => Server.Transport.RemoteEndPoint;

    /// <summary>Our end of the TCP connection.</summary>
    public IPEndPoint LocalEndPoint => Server.Transport.LocalEndPoint;

    /// <summary>The tunnel, a number unique in the process.</summary>
    public long TunnelId => Server.Id;

    /// <summary>Fires when the client gave the request up or the tunnel is gone.</summary>
    public CancellationToken Aborted => _stream.Closed;

    /// <summary>Whether the client's first bytes have come with the request.</summary>
    public bool HasData => _stream.Receive.HasData;

    internal ServerConnection Server { get; }

    /// <summary>Answers 200 and hands out the connection, which the handler then owns and disposes.</summary>
    /// <param name="headers">Headers of the answer, names in lower case.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="InvalidOperationException">The request was answered already.</exception>
    /// <exception cref="ArgumentException">A header is malformed.</exception>
    /// <exception cref="ConnectionResetException">The client is gone.</exception>
    public ValueTask<TunnelConnection> AcceptAsync(IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(headers);
        ct.ThrowIfCancellationRequested();
        TunnelHeaders.Check(headers);
        Claim();
        if (!Server.Answer(_stream, headers.Prepend(new KeyValuePair<string, string>(":status", "200")), endStream: false))
        {
            throw new ConnectionResetException("the client gave the request up before it was answered");
        }

        return new ValueTask<TunnelConnection>(new TunnelConnection(_stream, []));
    }

    /// <summary>Answers with a status and ends the stream.</summary>
    /// <param name="status">400, 401 or 503 in HBONE; 300 to 599 allowed.</param>
    /// <param name="reason">Why, for our own log; the client sees the status only.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When the answer is on its way.</returns>
    /// <exception cref="InvalidOperationException">The request was answered already.</exception>
    public ValueTask RejectAsync(int status, string reason, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 300);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 599);
        ct.ThrowIfCancellationRequested();
        Claim();
        Reject(status, reason);
        return ValueTask.CompletedTask;
    }

    /// <summary>Begins to handle it.</summary>
    void IThreadPoolWorkItem.Execute() => _ = Server.HandleAsync(this);

    /// <summary>The handler has returned; a request that it forgot is refused.</summary>
    internal void Finish()
    {
        if (Interlocked.Exchange(ref _answered, 1) == 0)
        {
            Reject(503, "the handler did not answer");
        }
    }

    private void Reject(int status, string reason)
    {
        Server.LogRejected(Authority, status, reason);
        Server.Answer(_stream, [new KeyValuePair<string, string>(":status", status.ToString(CultureInfo.InvariantCulture))], endStream: true);
        _stream.Receive.CompleteReading();
    }

    private void Claim()
    {
        if (Interlocked.Exchange(ref _answered, 1) != 0)
        {
            throw new InvalidOperationException("the request was answered already");
        }
    }
}
