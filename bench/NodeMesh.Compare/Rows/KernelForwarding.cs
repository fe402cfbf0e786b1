using System.Globalization;

namespace NodeMesh.Compare.Rows;

/// <summary>Whether a proxy forwards in the kernel, by its metrics.</summary>
internal static class KernelForwarding
{
    private const string Offered = "nodemesh_in_kernel_forwarding";
    private const string Connections = "nodemesh_in_kernel_connections_total";

    /// <summary>Why connections did not move to the kernel, or null when some did.</summary>
    /// <param name="metrics">The proxy's metrics after some load, in the text format of Prometheus.</param>
    public static string? Obstacle(string metrics) => (Value(metrics, Offered), Value(metrics, Connections)) switch
    {
        (null, _) => "this build of NodeMesh does not forward in the kernel",
        (0, _) => "in-kernel forwarding is off on this machine; nodemesh proxy-status and the proxy's log say why",
        (_, null or 0) => "none of the row's connections moved to the kernel",
        _ => null,
    };

    private static double? Value(string metrics, string name)
    {
        var line = metrics.Split('\n').FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal) && line.Length > name.Length && line[name.Length] is ' ' or '{');
        return line is null ? null : double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
    }
}
