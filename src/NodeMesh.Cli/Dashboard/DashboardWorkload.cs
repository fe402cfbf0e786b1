using System.Text.Json;
using NodeMesh.Cli.Proxy;

namespace NodeMesh.Cli.Dashboard;

/// <summary>A workload on the page.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Node">Its node.</param>
/// <param name="Health">Its health.</param>
/// <param name="InMesh">True when it is in the mesh.</param>
/// <param name="Policies">How many policies select it.</param>
internal sealed record DashboardWorkload(string Namespace, string Name, string Node, string Health, bool InMesh, int Policies)
{
    /// <summary>The workloads of a dump.</summary>
    /// <param name="dump">The dump.</param>
    public static List<DashboardWorkload> Of(JsonElement dump) =>
    [
        .. dump.Items("workloads").Select(w => new DashboardWorkload(
            w.Text("namespace"), w.Text("name"), w.Text("node"), w.Text("health"), w.Text("tunnelProtocol") == "hbone", w.Items("authorizationPolicies").Count())),
    ];
}
