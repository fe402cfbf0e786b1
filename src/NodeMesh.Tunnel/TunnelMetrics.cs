using System.Diagnostics.Metrics;
using NodeMesh.Tunnel.Http2;

namespace NodeMesh.Tunnel;

/// <summary>The meter <c>NodeMesh.Tunnel</c>.</summary>
internal static class TunnelMetrics
{
    public const string Client = "client";
    public const string Server = "server";

    private static readonly Meter Meter = new("NodeMesh.Tunnel");
    private static readonly UpDownCounter<long> Tunnels = Meter.CreateUpDownCounter<long>("nodemesh.tunnel.active", "{tunnel}", "Tunnels open now.");
    private static readonly Counter<long> Opened = Meter.CreateCounter<long>("nodemesh.tunnel.opened", "{tunnel}", "Tunnels whose handshake succeeded.");
    private static readonly Counter<long> Closed = Meter.CreateCounter<long>("nodemesh.tunnel.closed", "{tunnel}", "Tunnels closed, by reason.");
    private static readonly Counter<long> Handshakes = Meter.CreateCounter<long>("nodemesh.tunnel.handshake.failures", "{handshake}", "Handshakes that failed, by reason.");
    private static readonly UpDownCounter<long> Streams = Meter.CreateUpDownCounter<long>("nodemesh.tunnel.streams.active", "{stream}", "Connections open in tunnels now.");
    private static readonly Counter<long> StreamsOpened = Meter.CreateCounter<long>("nodemesh.tunnel.streams.opened", "{stream}", "Connections opened in tunnels.");
    private static readonly Counter<long> StreamErrors = Meter.CreateCounter<long>("nodemesh.tunnel.stream.errors", "{error}", "Streams reset because the peer broke a rule, by code.");
    private static readonly Counter<long> ConnectionErrors = Meter.CreateCounter<long>("nodemesh.tunnel.connection.errors", "{error}", "Tunnels closed because the peer broke a rule or a limit, by kind.");
    private static readonly Counter<long> GoAways = Meter.CreateCounter<long>("nodemesh.tunnel.goaway.received", "{frame}", "Tunnels that peers closed with an error, by code.");

    public static void TunnelOpened(string side)
    {
        Tunnels.Add(1, new KeyValuePair<string, object?>("side", side));
        Opened.Add(1, new KeyValuePair<string, object?>("side", side));
    }

    public static void TunnelClosed(string side, string reason)
    {
        Tunnels.Add(-1, new KeyValuePair<string, object?>("side", side));
        Closed.Add(1, new KeyValuePair<string, object?>("side", side), new KeyValuePair<string, object?>("reason", reason));
    }

    public static void HandshakeFailed(string side, string reason) =>
        Handshakes.Add(1, new KeyValuePair<string, object?>("side", side), new KeyValuePair<string, object?>("reason", reason));

    public static void StreamOpened(string side)
    {
        Streams.Add(1, new KeyValuePair<string, object?>("side", side));
        StreamsOpened.Add(1, new KeyValuePair<string, object?>("side", side));
    }

    public static void StreamClosed(string side) => Streams.Add(-1, new KeyValuePair<string, object?>("side", side));

    public static void StreamError(string side, Http2ErrorCode code) =>
        StreamErrors.Add(1, new KeyValuePair<string, object?>("side", side), new KeyValuePair<string, object?>("code", code.ToString()));

    public static void ConnectionError(string side, string kind, Http2ErrorCode code) =>
        ConnectionErrors.Add(1, new KeyValuePair<string, object?>("side", side), new KeyValuePair<string, object?>("kind", kind), new KeyValuePair<string, object?>("code", code.ToString()));

    public static void GoAwayReceived(string side, Http2ErrorCode code) =>
        GoAways.Add(1, new KeyValuePair<string, object?>("side", side), new KeyValuePair<string, object?>("code", KnownCode(code)));

    // A peer may send any number; each would be a time series.
    private static string KnownCode(Http2ErrorCode code) => Enum.IsDefined(code) ? code.ToString() : "Unknown";
}
