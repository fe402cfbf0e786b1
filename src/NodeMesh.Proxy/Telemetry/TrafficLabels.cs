using System.Globalization;
using NodeMesh.Model;
using NodeMesh.Proxy.Http.Pipeline;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>The labels of <c>istio_tcp_*</c>, frozen when the connection opens. What is not known is <c>unknown</c>.</summary>
internal static class TrafficLabels
{
    private const string Unknown = "unknown";

    /// <summary>The labels' names, in the order in which they are written.</summary>
    public static readonly string[] Names =
    [
        "reporter",
        "source_workload", "source_workload_namespace", "source_principal", "source_app", "source_version", "source_cluster",
        "source_canonical_service", "source_canonical_revision", "source_region", "source_zone",
        "destination_service", "destination_service_name", "destination_service_namespace",
        "destination_workload", "destination_workload_namespace", "destination_principal", "destination_app", "destination_version", "destination_cluster",
        "destination_canonical_service", "destination_canonical_revision", "destination_region", "destination_zone",
        "request_protocol", "connection_security_policy", "response_flags",
    ];

    /// <summary>The names of the labels of requests.</summary>
    public static readonly string[] RequestNames = [.. Names, "response_code", "grpc_response_status"];

    // Made once: there are some fifty statuses, and each request names one.
    private static readonly string[] Numbers = [.. Enumerable.Range(0, 600).Select(n => n.ToString(CultureInfo.InvariantCulture))];

    private static readonly int DestinationWorkload = Array.IndexOf(Names, "destination_workload");

    /// <summary>Writes the values.</summary>
    /// <param name="connection">The connection; its route is known.</param>
    /// <param name="flags">The response flags.</param>
    /// <param name="values">Room for as many values as there are <see cref="Names"/>.</param>
    public static void Write(ConnectionRecord connection, string flags, Span<string> values)
    {
        values[0] = connection.Direction == ConnectionDirection.Outbound ? "source" : "destination";
        WriteWorkload(connection.SourceWorkload, connection.SourceIdentity, values[1..]);
        WriteService(connection.DestinationService, values);
        WriteWorkload(connection.DestinationWorkload, connection.DestinationIdentity, values[14..]);
        values[24] = "tcp";
        values[25] = SecurityWord(connection.Security);
        values[26] = flags;
    }

    /// <summary>Writes the values of a request's metrics.</summary>
    /// <param name="request">The request; over.</param>
    /// <param name="values">Room for as many values as there are <see cref="RequestNames"/>.</param>
    public static void Write(RequestRecord request, Span<string> values)
    {
        values[0] = "source";
        WriteWorkload(request.SourceWorkload, request.SourceIdentity, values[1..]);
        WriteService(request.DestinationService, values);
        var identity = request.Security == ConnectionSecurity.Plaintext ? null : request.DestinationWorkload?.Identity;
        WriteWorkload(request.DestinationWorkload, identity, values[14..]);
        values[24] = request.IsGrpc ? "grpc" : "http";
        values[25] = SecurityWord(request.Security);
        values[26] = ResponseFlagText.Of(request.Flags);
        values[27] = Number(request.Status);
        values[28] = request.GrpcStatus is { } status ? Number(status) : "";
    }

    /// <summary>The source's and the destination's workload and namespace in label values.</summary>
    /// <param name="values">The values.</param>
    public static ((string Namespace, string Workload) Source, (string Namespace, string Workload) Destination) Ends(IReadOnlyList<string> values) =>
        ((values[2], values[1]), (values[DestinationWorkload + 1], values[DestinationWorkload]));

    private static void WriteService(Service? service, Span<string> values)
    {
        values[11] = Or(service?.Hostname);
        values[12] = Or(service?.Name);
        values[13] = Or(service?.Namespace);
    }

    private static string SecurityWord(ConnectionSecurity security) => security switch
    {
        ConnectionSecurity.MutualTls => "mutual_tls",
        ConnectionSecurity.SameNode => "same_node",
        _ => Unknown,
    };

    private static string Number(int value) => value >= 0 && value < Numbers.Length ? Numbers[value] : value.ToString(CultureInfo.InvariantCulture);

    private static void WriteWorkload(Workload? workload, SpiffeId? identity, Span<string> values)
    {
        values[0] = Or(workload?.WorkloadName);
        values[1] = Or(workload?.Namespace);
        values[2] = Or(identity?.ToString());
        values[3] = Or(workload?.CanonicalName);
        values[4] = Or(workload?.CanonicalRevision);
        values[5] = Or(workload?.ClusterId);
        values[6] = values[3];
        values[7] = values[4];
        values[8] = Or(workload?.Locality.Region);
        values[9] = Or(workload?.Locality.Zone);
    }

    private static string Or(string? value) => string.IsNullOrEmpty(value) ? Unknown : value;
}
