using System.Globalization;
using NodeMesh.Model;
using NodeMesh.Proxy.State;

namespace NodeMesh.Proxy.Telemetry;

/// <summary>What an access line says of a connection, and in which order. Ambient mode's keys come first; <c>dst.addr</c> is the real next hop, <c>dst.hbone_addr</c> what the tunnel was asked for.</summary>
internal static class AccessLine
{
    /// <summary>Writes a line.</summary>
    /// <param name="connection">The connection, ended.</param>
    /// <param name="line">The writer.</param>
    public static void Write(ConnectionRecord connection, IAccessLineWriter line)
    {
        var flags = ResponseFlags.Of(connection.EndReason);
        var failed = flags != ResponseFlags.None;
        var ended = connection.Ended ?? connection.Started;
        var destination = connection.Upstream ?? connection.Destination;
        line.Begin(ended, "connection", failed);
        line.Address("src.addr", connection.Source);
        WriteEnd(line, connection.SourceWorkload, connection.SourceIdentity, "src.workload", "src.namespace", "src.identity", "src.cluster");

        // The next hop: outbound where the tunnel goes, inbound the application (the tunnel's address is the peer's there).
        line.Address("dst.addr", connection.Direction == ConnectionDirection.Outbound ? connection.TunnelAddress ?? destination : destination);
        line.Address("dst.hbone_addr", connection.TunnelAddress is null ? null : destination);
        line.Text("dst.service", connection.DestinationService?.Hostname);
        WriteEnd(line, connection.DestinationWorkload, connection.DestinationIdentity, "dst.workload", "dst.namespace", "dst.identity", "dst.cluster");
        line.Text("direction", connection.Direction == ConnectionDirection.Outbound ? "outbound" : "inbound");
        line.Number("bytes_sent", connection.Bytes.Sent);
        line.Number("bytes_recv", connection.Bytes.Received);
        if (connection.Bytes.Kernel is { WasActive: true, IsLeg: false } kernel)
        {
            var transfer = kernel.Transfer;
            line.Text("path", "kernel");
            line.Number("kernel_bytes", transfer.Bytes);
            line.Number("kernel_messages", transfer.Messages);
        }

        if (connection.Bytes.LegsOnceActive is > 0 and var legs)
        {
            line.Number("kernel_legs", legs);
        }

        line.Text("duration", Duration(ended - connection.Started));
        line.Instant("start", connection.Started);
        line.Flag("mtls", connection.Security == ConnectionSecurity.MutualTls);
        line.Text("security", SecurityWord(connection.Security));
        line.Number("tunnel", connection.TunnelId);
        line.Text("trace", connection.TraceId);
        line.Text("reason", ReasonWord(connection.EndReason));
        line.Text("flags", failed ? flags : null);
        line.Text("policy", connection.RefusedBy?.ToString());
        line.Text("dry_run", connection.DryRunRefusals.IsEmpty ? null : string.Join(',', connection.DryRunRefusals));
        line.Text("error", connection.Error ?? (failed ? ReasonWord(connection.EndReason) : null));
        line.End();
    }

    /// <summary>The word for a security in logs and dumps.</summary>
    /// <param name="security">The security.</param>
    public static string SecurityWord(ConnectionSecurity security) => security switch
    {
        ConnectionSecurity.MutualTls => "mutual_tls",
        ConnectionSecurity.SameNode => "same_node",
        _ => "plaintext",
    };

    /// <summary>The word for an end in logs and dumps: <c>policy_denied</c>.</summary>
    /// <param name="reason">The reason.</param>
    public static string ReasonWord(ConnectionEndReason reason) => ReasonWords[(int)reason];

    private static readonly string[] ReasonWords = [.. Enum.GetNames<ConnectionEndReason>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName)];

    internal static void WriteEnd(IAccessLineWriter line, Workload? workload, SpiffeId? identity, string nameKey, string namespaceKey, string identityKey, string clusterKey)
    {
        line.Text(nameKey, workload?.Name);
        line.Text(namespaceKey, workload?.Namespace);
        line.Text(identityKey, identity?.ToString());
        line.Text(clusterKey, workload?.ClusterId);
    }

    internal static string Duration(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms");
}
