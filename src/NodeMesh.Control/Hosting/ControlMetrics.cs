using System.Globalization;
using System.Text;
using NodeMesh.Control.RateLimits;
using NodeMesh.Discovery;

namespace NodeMesh.Control.Hosting;

/// <summary>The control plane's numbers, in Prometheus' text format.</summary>
internal sealed class ControlMetrics
{
    private long _snapshots;
    private long _issued;
    private long _refused;

    public void SnapshotPushed() => Interlocked.Increment(ref _snapshots);

    public void CertificateIssued() => Interlocked.Increment(ref _issued);

    public void CertificateRefused() => Interlocked.Increment(ref _refused);

    /// <summary>All numbers now.</summary>
    /// <param name="server">Discovery.</param>
    /// <param name="troubles">Kinds that cannot be read as they should be.</param>
    /// <param name="limits">The buckets that the mesh shares; null where another replica keeps them.</param>
    public string Write(DeltaDiscoveryServer server, int troubles, RateLimitCounts? limits)
    {
        var text = new StringBuilder();
        var proxies = server.Proxies;
        Write(text, "nodemesh_control_ready", "gauge", "1 once the configuration has been read.", server.IsReady ? 1 : 0);
        Write(text, "nodemesh_control_proxies", "gauge", "Connected node proxies.", proxies.Count);
        Write(text, "nodemesh_control_unread_kinds", "gauge", "Kinds of the configuration that cannot be read as they should be; /debug/proxies and the log name them.", troubles);
        Write(text, "nodemesh_control_pushes_total", "counter", "Changes of configuration handed to discovery.", Interlocked.Read(ref _snapshots));
        Write(text, "nodemesh_control_certificates_issued_total", "counter", "Workload certificates signed.", Interlocked.Read(ref _issued));
        Write(text, "nodemesh_control_certificates_refused_total", "counter", "Certificate requests refused.", Interlocked.Read(ref _refused));
        if (limits is not null)
        {
            Write(text, "nodemesh_control_rate_limit_buckets", "gauge", "Buckets of rate limits that all nodes share.", limits.Count);
            Write(text, "nodemesh_control_rate_limit_tokens_total", "counter", "Tokens of these that nodes took and did not return.", limits.Granted);
            Write(text, "nodemesh_control_rate_limit_refusals_total", "counter", "Times that a node got fewer than its requests needed.", limits.Refused);
        }

        Write(text, "process_resident_memory_bytes", "gauge", "Resident memory in bytes.", Environment.WorkingSet);
        Header(text, "nodemesh_control_rejections", "gauge", "NACKs on the present streams.");
        foreach (var proxy in proxies)
        {
            foreach (var type in proxy.Types)
            {
                text.Append(CultureInfo.InvariantCulture, $"nodemesh_control_rejections{{node=\"{Escape(proxy.Node)}\",type=\"{Escape(type.TypeUrl)}\"}} {type.Rejections}\n");
            }
        }

        return text.ToString();
    }

    private static void Write(StringBuilder text, string name, string type, string help, long value)
    {
        Header(text, name, type, help);
        text.Append(CultureInfo.InvariantCulture, $"{name} {value}\n");
    }

    private static void Header(StringBuilder text, string name, string type, string help) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");

    private static string Escape(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
