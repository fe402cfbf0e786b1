using System.Net;
using Microsoft.Extensions.Logging;

namespace NodeMesh.Tunnel;

/// <summary>What tunnels log.</summary>
internal static partial class TunnelLog
{
    [LoggerMessage(1, LogLevel.Information, "handshake with {Peer} refused ({Reason}): {Why}")]
    public static partial void HandshakeRefused(ILogger log, IPEndPoint? peer, string reason, string why);

    [LoggerMessage(2, LogLevel.Information, "tunnel {Tunnel} from {Peer} closed, the peer broke the protocol ({Kind}): {Why}")]
    public static partial void PeerBrokeProtocol(ILogger log, long tunnel, IPEndPoint peer, string kind, string why);

    [LoggerMessage(3, LogLevel.Debug, "tunnel {Tunnel} with {Peer} closed: {Reason}")]
    public static partial void Closed(ILogger log, long tunnel, IPEndPoint peer, string reason);

    [LoggerMessage(4, LogLevel.Debug, "tunnel {Tunnel} with {Peer} open")]
    public static partial void Opened(ILogger log, long tunnel, IPEndPoint peer);

    [LoggerMessage(5, LogLevel.Error, "the handler of a request for {Authority} on tunnel {Tunnel} failed")]
    public static partial void HandlerFailed(ILogger log, long tunnel, string authority, Exception error);

    [LoggerMessage(8, LogLevel.Debug, "the handler of a request for {Authority} on tunnel {Tunnel} was cut off: {Why}")]
    public static partial void HandlerCutOff(ILogger log, long tunnel, string authority, string why);

    [LoggerMessage(6, LogLevel.Debug, "request for {Authority} on tunnel {Tunnel} answered {Status}: {Reason}")]
    public static partial void Rejected(ILogger log, string authority, long tunnel, int status, string reason);

    [LoggerMessage(7, LogLevel.Debug, "tunnel {Tunnel} to {Peer} takes no new connections: {Reason}")]
    public static partial void Draining(ILogger log, long tunnel, IPEndPoint peer, string reason);
}
