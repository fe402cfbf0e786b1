namespace NodeMesh.Local.Cluster;

/// <summary>Names that are the same in every local mesh.</summary>
public static class ClusterNames
{
    /// <summary>The DNS domain.</summary>
    public const string Domain = "cluster.local";

    /// <summary>The trust domain.</summary>
    public const string TrustDomain = "cluster.local";

    /// <summary>The namespace of mesh-wide policies.</summary>
    public const string RootNamespace = "istio-system";

    /// <summary>The namespace of the mesh's own parts.</summary>
    public const string MeshNamespace = "nodemesh-system";

    /// <summary>The service account of node proxies.</summary>
    public const string ProxyAccount = "nodemesh-proxy";

    /// <summary>Namespaces that are there from the start.</summary>
    public static IReadOnlyList<string> BuiltInNamespaces { get; } = ["default", "kube-system", RootNamespace, MeshNamespace];
}
