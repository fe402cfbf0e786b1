using System.Net;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Admin;

/// <summary>An endpoint in the dump, as the clients of this node use it.</summary>
/// <param name="Service">The service.</param>
/// <param name="Port">Its port.</param>
/// <param name="Subset">The subset; empty for all.</param>
/// <param name="PolicyNamespace">The clients' namespace whose traffic policy holds; empty for all.</param>
/// <param name="Workload">The endpoint's namespace and name.</param>
/// <param name="Address">Its address; null for one with a name.</param>
/// <param name="State"><c>usable</c>, <c>ejected</c> by outlier detection, or <c>unhealthy</c> by its health checks.</param>
/// <param name="Problem">What its last health check found wrong; null for nothing.</param>
/// <param name="Active">Requests, and connections without requests, under way.</param>
internal sealed record EndpointView(
    string Service, int Port, string Subset, string PolicyNamespace, string Workload, IPEndPoint? Address, string State, string? Problem, int Active)
{
    /// <summary>Makes the views of a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    public static List<EndpointView> Of(UpstreamCluster cluster)
    {
        var views = new List<EndpointView>(cluster.Endpoints.Count);
        foreach (var group in cluster.Endpoints.Groups)
        {
            foreach (var endpoint in group.Endpoints)
            {
                var workload = endpoint.Workload;
                views.Add(new EndpointView(
                    cluster.Key.Service.ToString(),
                    cluster.Key.Port,
                    cluster.Key.Subset,
                    cluster.Key.PolicyNamespace,
                    $"{workload.Namespace}/{workload.Name}",
                    workload.Addresses is [var address, ..] ? new IPEndPoint(address, endpoint.Port) : null,
                    endpoint.FailsChecks ? "unhealthy" : endpoint.IsEjected ? "ejected" : "usable",
                    endpoint.Problem,
                    endpoint.Active));
            }
        }

        return views;
    }
}
