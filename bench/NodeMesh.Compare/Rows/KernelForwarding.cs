using System.Globalization;
using NodeMesh.Compare.Running;

namespace NodeMesh.Compare.Rows;

/// <summary>Whether a build can forward in the kernel, and whether a proxy did.</summary>
internal static class KernelForwarding
{
    /// <summary>What is said of a build that does not know the setting.</summary>
    public const string Unknown = "this build of NodeMesh does not forward in the kernel";

    private const string Offered = "nodemesh_in_kernel_forwarding";
    private const string Connections = "nodemesh_in_kernel_connections_total";

    /// <summary>The field of the proxy's configuration that turns it on and off.</summary>
    public const string Setting = "inKernelForwarding";

    /// <summary>Shows the proxy a configuration of nothing but the setting: it refuses it, and names the setting only where it does not know it.</summary>
    /// <param name="nodemesh">The program <c>nodemesh</c>; the proxy lies beside it.</param>
    /// <param name="directory">Where the run's files are.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<bool> IsKnownAsync(string nodemesh, string directory, CancellationToken cancellation)
    {
        var probe = Path.Combine(directory, "probe.json");
        await File.WriteAllTextAsync(probe, $"{{\"{Setting}\":\"disabled\"}}", cancellation);
        var proxy = Path.Combine(Path.GetDirectoryName(nodemesh)!, "nodemesh-proxy");
        try
        {
            await Command.RunAsync([proxy, "--config", probe], TimeSpan.FromSeconds(30), cancellation);
            return true;
        }
        catch (CompareException exception)
        {
            return !exception.Message.Contains(Setting, StringComparison.Ordinal);
        }
    }

    /// <summary>Why connections did not move to the kernel, or null when some did.</summary>
    /// <param name="metrics">The proxy's metrics after some load, in the text format of Prometheus.</param>
    public static string? Obstacle(string metrics) => (Value(metrics, Offered), Value(metrics, Connections)) switch
    {
        (null, _) => Unknown,
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
