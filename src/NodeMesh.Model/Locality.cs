namespace NodeMesh.Model;

/// <summary>Where something runs; empty parts are unknown.</summary>
/// <param name="Region">The label <c>topology.kubernetes.io/region</c> of the node.</param>
/// <param name="Zone">The label <c>topology.kubernetes.io/zone</c>.</param>
/// <param name="Subzone">The label <c>topology.istio.io/subzone</c>.</param>
public sealed record Locality(string Region = "", string Zone = "", string Subzone = "")
{
    /// <summary>Nothing known.</summary>
    public static Locality Unknown { get; } = new();
}
