using System.Globalization;
using System.Text.Json;
using NodeMesh.Cli.Output;

namespace NodeMesh.Cli.Proxy;

/// <summary>Asks every proxy of a mesh and the control plane, and prints how they stand.</summary>
internal static class ProxyStatusReport
{
    private const string AddressType = "type.googleapis.com/istio.workload.Address";
    private const string PolicyType = "type.googleapis.com/istio.security.Authorization";
    private const string NodeType = "type.googleapis.com/nodemesh.discovery.v1.Node";

    /// <summary>Asks.</summary>
    /// <param name="mesh">The mesh.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>One row per node; why the control plane did not answer, null when it did; and which kinds it cannot read as it should.</returns>
    public static async Task<(IReadOnlyList<ProxyRow> Rows, string? ControlError, IReadOnlyList<string> Troubles)> CollectAsync(IMeshAccess mesh, CancellationToken cancellationToken)
    {
        JsonElement control = default;
        string? controlError = null;
        try
        {
            control = await mesh.AskControlAsync("/debug/proxies", cancellationToken);
        }
        catch (ProxyQueryException e)
        {
            controlError = e.Message;
        }

        return (await Task.WhenAll(mesh.Nodes.Select(AskAsync)), controlError, [.. control.Items("troubles").Select(t => t.Text())]);

        async Task<ProxyRow> AskAsync(string node)
        {
            try
            {
                return ProxyRow.Of(node, await mesh.AskProxyAsync(node, "/config_dump", cancellationToken), control);
            }
            catch (ProxyQueryException e)
            {
                return new ProxyRow { Node = node, Error = e.Message, Types = ProxyRow.TypesOf(node, control) };
            }
        }
    }

    /// <summary>Makes the table.</summary>
    /// <param name="rows">The proxies.</param>
    /// <param name="wide">With the columns for which there is not always room.</param>
    public static TextTable Table(IReadOnlyList<ProxyRow> rows, bool wide = false)
    {
        string[] more = wide ? ["CLOCK", "RATE LIMITS", "OTHER TYPES", "CAPTURE REASON"] : [];
        var table = new TextTable(["NODE", "READY", "WORKLOADS", "POLICIES", "NODES", "AGE", "CAPTURE", "IN KERNEL", "PODS", "CERTIFICATES", "CONNECTIONS", "TUNNELS", "VERSION", .. more]);
        foreach (var row in rows)
        {
            table.Add(
            [
                row.Node,
                row.Error is not null ? "no answer" : row.Ready ? "yes" : "no",
                State(row, AddressType),
                State(row, PolicyType),
                State(row, NodeType),
                JsonRead.Duration(row.AgeSeconds),
                row.CaptureMode,
                row.InKernelForwarding.Split(':')[0],
                row.Error is null ? $"{row.CapturedPods}/{row.Pods}" : "",
                row.Error is null ? $"{row.AvailableCertificates}/{row.Certificates}" : "",
                row.Error is null ? row.Connections.ToString(CultureInfo.InvariantCulture) : "",
                row.Error is null ? row.Tunnels.ToString(CultureInfo.InvariantCulture) : "",
                row.Version,
                .. wide ? Wide(row) : [],
            ]);
        }

        return table;
    }

    /// <summary>Lines for what needs attention.</summary>
    /// <param name="rows">The proxies.</param>
    public static IEnumerable<string> Notes(IReadOnlyList<ProxyRow> rows)
    {
        foreach (var row in rows)
        {
            foreach (var line in row.Pending.Select(p => $"{row.Node} is not ready: {p}"))
            {
                yield return line;
            }

            foreach (var type in row.Types.Where(t => t.Rejection is not null))
            {
                yield return $"{row.Node} rejected {type.TypeUrl[(type.TypeUrl.LastIndexOf('/') + 1)..]}: {type.Rejection}";
            }

            if (row.CaptureReason.StartsWith("eBPF", StringComparison.Ordinal))
            {
                yield return $"{row.Node} captures by {row.CaptureMode}: {row.CaptureReason}";
            }

            if (row.InKernelForwarding.StartsWith("off", StringComparison.Ordinal))
            {
                yield return $"{row.Node} does not forward in the kernel, connections within the node go through the proxy: {row.InKernelForwarding}";
            }

            if (row.MeshRateLimits.StartsWith("local: ", StringComparison.Ordinal))
            {
                yield return $"{row.Node} decides rate limits of the whole mesh alone: {row.MeshRateLimits["local: ".Length..]}";
            }

            if (row.Error is not null)
            {
                yield return row.Error;
            }
        }
    }

    private static string[] Wide(ProxyRow row) =>
    [
        row.Time is { } time ? time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture) : "",
        row.MeshRateLimits.Split(':')[0],
        string.Join(',', row.Types.Where(t => t.TypeUrl is not (AddressType or PolicyType or NodeType)).Select(t => $"{t.TypeUrl[(t.TypeUrl.LastIndexOf('.') + 1)..]} {State(row, t.TypeUrl)}")),
        row.CaptureReason,
    ];

    private static string State(ProxyRow row, string typeUrl) => row.Types.FirstOrDefault(t => t.TypeUrl == typeUrl) is { } type
        ? string.Create(CultureInfo.InvariantCulture, $"{type.State} ({type.Resources})")
        : row.Types.Count > 0 ? "" : "not connected";
}
