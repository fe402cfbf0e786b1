using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Proxy.State;
using NodeMesh.Proxy.Telemetry;

namespace NodeMesh.Proxy.Admin;

/// <summary>A live connection in the dump.</summary>
internal sealed record ConnectionView
{
    /// <summary>Its number in this process.</summary>
    public required long Id { get; init; }

    /// <summary><c>outbound</c> or <c>inbound</c>.</summary>
    public required ConnectionDirection Direction { get; init; }

    /// <summary>The client's address.</summary>
    public required IPEndPoint Source { get; init; }

    /// <summary><c>namespace/name</c> of the source workload.</summary>
    public string? SourceWorkload { get; init; }

    /// <summary>The source's proven identity.</summary>
    public SpiffeId? SourceIdentity { get; init; }

    /// <summary>What the client dialled.</summary>
    public required IPEndPoint Destination { get; init; }

    /// <summary>The service that it dialled.</summary>
    public string? DestinationService { get; init; }

    /// <summary><c>namespace/name</c> of the destination workload.</summary>
    public string? DestinationWorkload { get; init; }

    /// <summary>The destination's identity.</summary>
    public SpiffeId? DestinationIdentity { get; init; }

    /// <summary>The endpoint that was chosen.</summary>
    public IPEndPoint? Upstream { get; init; }

    /// <summary>Where the tunnel goes.</summary>
    public IPEndPoint? TunnelAddress { get; init; }

    /// <summary>The tunnel's number.</summary>
    public long? TunnelId { get; init; }

    /// <summary><c>mutual_tls</c>, <c>same_node</c> or <c>plaintext</c>.</summary>
    public required string Security { get; init; }

    /// <summary>Bytes from client to server.</summary>
    public required long BytesReceived { get; init; }

    /// <summary>Bytes from server to client.</summary>
    public required long BytesSent { get; init; }

    /// <summary><c>kernel</c> while messages may move in the kernel, else <c>proxy</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of both directions that moved in the kernel; null when the connection never was there.</summary>
    public long? KernelBytes { get; init; }

    /// <summary>Legs between the proxy and an application on which messages move in the kernel now.</summary>
    public int KernelLegs { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>For how long it is open.</summary>
    public required double AgeSeconds { get; init; }

    /// <summary>UID of the pod that it belongs to.</summary>
    public string? PodUid { get; init; }

    /// <summary>The trace that both ends log.</summary>
    public string? TraceId { get; init; }

    /// <summary>Dry-run policies that would have refused it.</summary>
    public ImmutableArray<NamespacedName> DryRunRefusals { get; init; } = [];

    /// <summary>Makes the view.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="now">The time.</param>
    public static ConnectionView Of(ConnectionRecord connection, DateTimeOffset now) => new()
    {
        Id = connection.Id,
        Direction = connection.Direction,
        Source = connection.Source,
        SourceWorkload = Name(connection.SourceWorkload),
        SourceIdentity = connection.SourceIdentity,
        Destination = connection.Destination,
        DestinationService = connection.DestinationService?.Hostname,
        DestinationWorkload = Name(connection.DestinationWorkload),
        DestinationIdentity = connection.DestinationIdentity,
        Upstream = connection.Upstream,
        TunnelAddress = connection.TunnelAddress,
        TunnelId = connection.TunnelId,
        Security = AccessLine.SecurityWord(connection.Security),
        BytesReceived = connection.Bytes.Received,
        BytesSent = connection.Bytes.Sent,
        Path = connection.Bytes.Kernel is { IsActive: true, IsLeg: false } ? "kernel" : "proxy",
        KernelBytes = connection.Bytes.Kernel is { WasActive: true, IsLeg: false } kernel ? kernel.Transfer.Bytes : null,
        KernelLegs = connection.Bytes.ActiveLegs,
        Started = connection.Started,
        AgeSeconds = Math.Round((now - connection.Started).TotalSeconds, 3),
        PodUid = connection.PodUid,
        TraceId = connection.TraceId,
        DryRunRefusals = connection.DryRunRefusals,
    };

    private static string? Name(Workload? workload) => workload is null ? null : $"{workload.Namespace}/{workload.Name}";
}
