namespace NodeMesh.Discovery;

/// <summary>The types that discovery serves, as <c>type_url</c> names them.</summary>
public static class TypeUrls
{
    /// <summary>Workloads and services (<c>istio.workload.Address</c>).</summary>
    public const string Address = "type.googleapis.com/istio.workload.Address";

    /// <summary>L4 authorisation policies (<c>istio.security.Authorization</c>).</summary>
    public const string Authorization = "type.googleapis.com/istio.security.Authorization";

    /// <summary>NetworkPolicies (<c>nodemesh.discovery.v1.NetworkPolicy</c>).</summary>
    public const string NetworkPolicy = "type.googleapis.com/nodemesh.discovery.v1.NetworkPolicy";

    /// <summary>Nodes, and where their shared tunnels end (<c>nodemesh.discovery.v1.Node</c>).</summary>
    public const string Node = "type.googleapis.com/nodemesh.discovery.v1.Node";

    /// <summary>Routes and traffic policies by service (<c>nodemesh.discovery.v1.Routes</c>).</summary>
    public const string Routes = "type.googleapis.com/nodemesh.discovery.v1.Routes";
}
