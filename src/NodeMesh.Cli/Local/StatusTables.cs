using System.Globalization;
using NodeMesh.Cli.Output;
using NodeMesh.Local.Daemon;

namespace NodeMesh.Cli.Local;

/// <summary>Prints a mesh's status.</summary>
internal static class StatusTables
{
    /// <summary>Prints it.</summary>
    /// <param name="output">Where to.</param>
    /// <param name="status">The status.</param>
    public static void Write(TextWriter output, MeshStatus status)
    {
        output.WriteLine($"mesh {status.Mesh}: {(status.Ready ? "ready" : "not ready")}");
        if (status.ControlPlane is { } control)
        {
            output.WriteLine($"control plane: {Describe(control)}");
            output.WriteLine($"capture: {status.Capture}");
        }

        output.WriteLine();
        TextTable.Write(output, ["NODE", "ADDRESS", "ZONE", "PODS", "PROXY"], status.Nodes.Select(n => (string[])
            [n.Name, n.Addresses[0], n.Zone, n.Pods.ToString(CultureInfo.InvariantCulture), n.Proxy is { } proxy ? Describe(proxy) : "none"]));
        if (!status.Pods.IsEmpty)
        {
            output.WriteLine();
            TextTable.Write(output, ["NAMESPACE", "POD", "NODE", "ADDRESS", "READY", "STATUS", "RESTARTS", "MESH"], status.Pods.Select(p => (string[])
                [p.Namespace, p.Name, p.Node, p.Address, p.Ready ? "yes" : "no", p.Status, p.Restarts.ToString(CultureInfo.InvariantCulture), p.Meshed ? "yes" : "no"]));
        }
    }

    private static string Describe(ComponentStatus component) => string.Create(
        CultureInfo.InvariantCulture,
        $"{(component.Ready ? "ready" : "not ready")}, pid {component.ProcessId?.ToString(CultureInfo.InvariantCulture) ?? "none"}, {component.Restarts} restarts");
}
