using System.Net;
using NodeMesh.Identity;

namespace NodeMesh.Tunnel;

/// <summary>A CONNECT request that a tunnel's server received. Exactly one of <see cref="AcceptAsync"/> and <see cref="RejectAsync"/> answers it; a handler that returns without either answers 503.</summary>
public sealed class TunnelRequest
{
    internal TunnelRequest()
    {
    }

    /// <summary>The method; always <c>CONNECT</c>, others were answered 400 already.</summary>
    public string Method => throw new NotImplementedException();

    /// <summary>The destination that the client asks for, checked to be <c>host:port</c>.</summary>
    public string Authority => throw new NotImplementedException();

    /// <summary>The other headers in order, names in lower case.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers => throw new NotImplementedException();

    /// <summary>The client's certificate.</summary>
    public PeerCertificate Peer => throw new NotImplementedException();

    /// <summary>The client's end of the TCP connection.</summary>
    public IPEndPoint RemoteEndPoint => throw new NotImplementedException();

    /// <summary>Our end of the TCP connection.</summary>
    public IPEndPoint LocalEndPoint => throw new NotImplementedException();

    /// <summary>The tunnel, a number unique in the process.</summary>
    public long TunnelId => throw new NotImplementedException();

    /// <summary>Fires when the client gave the request up or the tunnel is gone.</summary>
    public CancellationToken Aborted => throw new NotImplementedException();

    /// <summary>Answers 200 and hands out the connection, which the handler then owns and disposes.</summary>
    /// <param name="headers">Headers of the answer, names in lower case.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>The connection.</returns>
    /// <exception cref="InvalidOperationException">The request was answered already.</exception>
    /// <exception cref="Microsoft.AspNetCore.Connections.ConnectionResetException">The client is gone.</exception>
    public ValueTask<TunnelConnection> AcceptAsync(IReadOnlyList<KeyValuePair<string, string>> headers, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Answers with a status and ends the stream.</summary>
    /// <param name="status">400, 401 or 503 in HBONE; 300 to 599 allowed.</param>
    /// <param name="reason">Why, for our own log; the client sees the status only.</param>
    /// <param name="ct">Gives up.</param>
    /// <returns>When the answer is on its way.</returns>
    /// <exception cref="InvalidOperationException">The request was answered already.</exception>
    public ValueTask RejectAsync(int status, string reason, CancellationToken ct) => throw new NotImplementedException();
}
