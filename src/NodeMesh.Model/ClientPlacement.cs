namespace NodeMesh.Model;

/// <summary>Where a client is, for choosing services and endpoints.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Node">Its node's name.</param>
/// <param name="Locality">Where it runs.</param>
/// <param name="ClusterId">Its cluster.</param>
/// <param name="Network">Its network.</param>
public sealed record ClientPlacement(string Namespace, string Node, Locality Locality, string ClusterId, string Network)
{
    /// <summary>What a Sidecar says of it; null for nothing.</summary>
    public EgressScope? Egress { get; init; }

    /// <summary>The placement of a workload.</summary>
    /// <param name="workload">The workload.</param>
    /// <returns>Its placement.</returns>
    public static ClientPlacement Of(Workload workload) =>
        new(workload.Namespace, workload.Node, workload.Locality, workload.ClusterId, workload.Network) { Egress = workload.Egress };
}
