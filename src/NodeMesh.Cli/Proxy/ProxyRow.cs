using System.Globalization;
using System.Text.Json;

namespace NodeMesh.Cli.Proxy;

/// <summary>One proxy in <c>proxy-status</c>; also its JSON.</summary>
internal sealed record ProxyRow
{
    /// <summary>The node.</summary>
    public required string Node { get; init; }

    /// <summary>True when no readiness check is pending.</summary>
    public bool Ready { get; init; }

    /// <summary>What is pending.</summary>
    public IReadOnlyList<string> Pending { get; init; } = [];

    /// <summary>Discovery types as the control plane sees them: <c>synced</c>, <c>sending</c>, <c>rejected</c>; empty when the proxy is not connected to it.</summary>
    public IReadOnlyList<ProxyTypeRow> Types { get; init; } = [];

    /// <summary>How long ago the control plane last said something to the proxy, in seconds.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>How pods are captured.</summary>
    public string CaptureMode { get; init; } = "";

    /// <summary>Why they are captured that way.</summary>
    public string CaptureReason { get; init; } = "";

    /// <summary>Whether connections within the node are forwarded in the kernel: <c>on</c>, or <c>off: </c> and why.</summary>
    public string InKernelForwarding { get; init; } = "";

    /// <summary>How rate limits of the whole mesh are decided: <c>shared</c>, or <c>local: </c> and why.</summary>
    public string MeshRateLimits { get; init; } = "";

    /// <summary>The proxy's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>What the node's clock said; null when the proxy did not tell.</summary>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Pods that are captured.</summary>
    public int CapturedPods { get; init; }

    /// <summary>Pods that are enrolled.</summary>
    public int Pods { get; init; }

    /// <summary>Certificates that can be used.</summary>
    public int AvailableCertificates { get; init; }

    /// <summary>Identities of the node.</summary>
    public int Certificates { get; init; }

    /// <summary>Live connections.</summary>
    public int Connections { get; init; }

    /// <summary>Tunnels that the proxy opened.</summary>
    public int Tunnels { get; init; }

    /// <summary>Why the proxy could not be asked; null when it could.</summary>
    public string? Error { get; init; }

    /// <summary>Puts what the proxy and the control plane say together.</summary>
    /// <param name="node">The node.</param>
    /// <param name="dump">The proxy's dump.</param>
    /// <param name="control">The control plane's report; undefined when it does not answer.</param>
    public static ProxyRow Of(string node, JsonElement dump, JsonElement control)
    {
        var certificates = dump.Items("certificates").ToList();
        var pods = dump.Items("pods").ToList();
        List<string> pending = dump.TryGetProperty("pending", out var checks) && checks.ValueKind == JsonValueKind.Object
            ? [.. checks.EnumerateObject().Select(c => $"{c.Name}: {c.Value.Text()}")]
            : [];
        return new ProxyRow
        {
            Node = node,
            Ready = pending.Count == 0,
            Pending = pending,
            Types = TypesOf(node, control),
            AgeSeconds = dump.Number("discovery", "ageSeconds"),
            CaptureMode = dump.Text("captureMode"),
            CaptureReason = dump.Text("captureReason"),
            InKernelForwarding = dump.Text("inKernelForwarding"),
            MeshRateLimits = dump.Text("meshRateLimits"),
            Version = dump.Text("version"),
            Time = DateTimeOffset.TryParse(dump.Text("time"), CultureInfo.InvariantCulture, out var time) ? time : null,
            CapturedPods = pods.Count(p => p.Text("state") == "captured"),
            Pods = pods.Count,
            AvailableCertificates = certificates.Count(c => c.Text("state") == "available"),
            Certificates = certificates.Count,
            Connections = dump.Items("connections").Count(),
            Tunnels = dump.Items("tunnels").Count(),
        };
    }

    /// <summary>The discovery types of a node.</summary>
    /// <param name="node">The node.</param>
    /// <param name="control">The control plane's report.</param>
    public static IReadOnlyList<ProxyTypeRow> TypesOf(string node, JsonElement control) =>
        [.. control.Items("proxies").Where(p => p.Text("node") == node).TakeLast(1).SelectMany(p => p.Items("types")).Select(ProxyTypeRow.Of)];
}
