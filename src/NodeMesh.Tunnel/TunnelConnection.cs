using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using NodeMesh.Identity;

namespace NodeMesh.Tunnel;

/// <summary>One connection through a tunnel, at either end: an HTTP/2 CONNECT stream. END_STREAM is half-close, RST_STREAM is reset.</summary>
public sealed class TunnelConnection : ConnectionContext
{
    internal TunnelConnection()
    {
    }

    /// <summary>The certificate of the tunnel's other end.</summary>
    public PeerCertificate Peer => throw new NotImplementedException();

    /// <summary>The tunnel that carries the connection, a number unique in the process.</summary>
    public long TunnelId => throw new NotImplementedException();

    /// <summary>The headers of the far end's answer, without <c>:status</c>; empty at the server.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> ResponseHeaders => throw new NotImplementedException();

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = "";

    /// <inheritdoc/>
    public override IFeatureCollection Features => throw new NotImplementedException();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    /// <inheritdoc/>
    public override IDuplexPipe Transport { get => throw new NotImplementedException(); set => throw new NotSupportedException(); }
}
