namespace NodeMesh.Resources.Kinds;

/// <summary>The API groups of the mesh's dialects.</summary>
public static class MeshGroups
{
    /// <summary>The Gateway API.</summary>
    public const string GatewayApi = "gateway.networking.k8s.io";

    /// <summary>Istio's traffic.</summary>
    public const string IstioNetworking = "networking.istio.io";

    /// <summary>Istio's security.</summary>
    public const string IstioSecurity = "security.istio.io";

    /// <summary>Our own.</summary>
    public const string NodeMesh = "nodemesh.io";

    /// <summary>Says whether a group belongs to one of the mesh's dialects.</summary>
    /// <param name="group">The group.</param>
    /// <returns>True when it does.</returns>
    public static bool Contains(string group) =>
        group is GatewayApi or "gateway.networking.x-k8s.io" or NodeMesh
        || group.EndsWith(".istio.io", StringComparison.Ordinal)
        || group.EndsWith(".smi-spec.io", StringComparison.Ordinal);
}
