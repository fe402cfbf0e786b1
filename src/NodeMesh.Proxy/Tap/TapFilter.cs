using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using NodeMesh.Model;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;

namespace NodeMesh.Proxy.Tap;

/// <summary>
/// What a tap wants to see; all that is given must match. Its target is the end that this proxy speaks for: the client of an outbound connection, the server of an inbound one. Requests are
/// known at the client's node alone, so of a request either end may be the target.
/// </summary>
internal sealed record TapFilter
{
    private static readonly string[] Known = ["namespace", "pod", "workload", "direction", "peer", "path", "method", "status", "failed"];

    /// <summary>The target's namespace; null: any.</summary>
    public string? Namespace { get; init; }

    /// <summary>The target pod's name.</summary>
    public string? Pod { get; init; }

    /// <summary>The name of what made the target pod, such as its Deployment's.</summary>
    public string? Workload { get; init; }

    /// <summary>As the target sees it.</summary>
    public ConnectionDirection? Direction { get; init; }

    /// <summary>The other end: a namespace, a pod or workload as NAME or NAME.NAMESPACE, a service's host, or the beginning of an address.</summary>
    public string? Peer { get; init; }

    /// <summary>The beginning of a request's path.</summary>
    public string? Path { get; init; }

    /// <summary>A request's method.</summary>
    public string? Method { get; init; }

    /// <summary>A request's status: <c>503</c>, or <c>5xx</c>.</summary>
    public string? Status { get; init; }

    /// <summary>Only what failed.</summary>
    public bool Failed { get; init; }

    /// <summary>Reads a query.</summary>
    /// <param name="query">The query.</param>
    /// <param name="filter">The filter.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryParse(IQueryCollection query, out TapFilter filter, [NotNullWhen(false)] out string? error)
    {
        var direction = Text("direction") switch { "outbound" => ConnectionDirection.Outbound, "inbound" => ConnectionDirection.Inbound, _ => (ConnectionDirection?)null };
        filter = new TapFilter
        {
            Namespace = Text("namespace"),
            Pod = Text("pod"),
            Workload = Text("workload"),
            Direction = direction,
            Peer = Text("peer"),
            Path = Text("path"),
            Method = Text("method"),
            Status = Text("status"),
            Failed = Text("failed") == "true",
        };
        error = query.Keys.FirstOrDefault(k => !Known.Contains(k)) is { } other ? $"{other} is no filter: use {string.Join(", ", Known)}"
            : Text("direction") is { } word && direction is null ? $"direction is '{word}': use inbound or outbound"
            : filter.Status is { } status && !IsStatus(status) ? $"status is '{status}': use a number such as 503, or a class such as 5xx"
            : null;
        return error is null;

        string? Text(string key) => query[key] is [{ Length: > 0 } value, ..] ? value : null;
    }

    /// <summary>Asks about a connection.</summary>
    /// <param name="connection">The connection.</param>
    public bool Matches(ConnectionRecord connection)
    {
        if (Path is not null || Method is not null || Status is not null || (Failed && ResponseFlags.Of(connection.EndReason) == ResponseFlags.None))
        {
            return false;
        }

        return connection.Direction == ConnectionDirection.Outbound
            ? MatchesEnds(ConnectionDirection.Outbound, connection.SourceWorkload, connection.DestinationWorkload, connection.DestinationService, connection.Upstream ?? connection.Destination)
            : MatchesEnds(ConnectionDirection.Inbound, connection.DestinationWorkload, connection.SourceWorkload, null, connection.Source);
    }

    /// <summary>Asks about a request.</summary>
    /// <param name="request">The request.</param>
    public bool Matches(RequestRecord request) =>
        (Path is null || request.Path.StartsWith(Path, StringComparison.Ordinal))
        && (Method is null || request.Method.Equals(Method, StringComparison.OrdinalIgnoreCase))
        && (Status is null || MatchesStatus(request.Status))
        && (!Failed || request.Status is 0 or >= 500 || request.GrpcStatus is > 0)
        && (MatchesEnds(ConnectionDirection.Outbound, request.SourceWorkload, request.DestinationWorkload, request.DestinationService, request.Upstream ?? request.Destination)
            || MatchesEnds(ConnectionDirection.Inbound, request.DestinationWorkload, request.SourceWorkload, null, request.Source));

    private static bool IsStatus(string status) =>
        status.Length == 3 && status[0] is >= '1' and <= '5' && (status.EndsWith("xx", StringComparison.OrdinalIgnoreCase) || (char.IsAsciiDigit(status[1]) && char.IsAsciiDigit(status[2])));

    private bool MatchesStatus(int status) =>
        status.ToString(CultureInfo.InvariantCulture) is { Length: 3 } text && text[0] == Status![0] && (Status[1] is 'x' or 'X' || text == Status);

    private bool MatchesEnds(ConnectionDirection direction, Workload? target, Workload? peer, Service? service, IPEndPoint? peerAddress) =>
        (Direction is null || Direction == direction)
        && (Namespace is null || target?.Namespace == Namespace)
        && (Pod is null || target?.Name == Pod)
        && (Workload is null || target?.WorkloadName == Workload)
        && (Peer is null || MatchesPeer(peer, service, peerAddress));

    private bool MatchesPeer(Workload? peer, Service? service, IPEndPoint? address) =>
        (peer is not null && (peer.Namespace == Peer || IsNamed(peer.Name, peer.Namespace) || IsNamed(peer.WorkloadName, peer.Namespace)))
        || (service is not null && (service.Hostname == Peer || IsNamed(service.Name, service.Namespace)))
        || (address is not null && address.ToString().StartsWith(Peer!, StringComparison.Ordinal));

    private bool IsNamed(string name, string ns) =>
        name == Peer || (Peer!.Length == name.Length + 1 + ns.Length && Peer.StartsWith(name, StringComparison.Ordinal) && Peer[name.Length] == '.' && Peer.EndsWith(ns, StringComparison.Ordinal));
}
