namespace NodeMesh.Compare.Rows;

/// <summary>The rows, in the order of the table.</summary>
internal static class RowNames
{
    public const string Direct = "direct";
    public const string Haproxy = "haproxy";
    public const string Nginx = "nginx";
    public const string NodeMesh = "nodemesh";
    public const string NodeMeshKernel = "nodemesh-kernel";
    public const string DirectTwoNodes = "direct-2";
    public const string HaproxyTls = "haproxy-mtls-2";
    public const string NginxTls = "nginx-mtls-2";
    public const string NodeMeshTwoNodes = "nodemesh-2";

    /// <summary>As the rows without "-tcp", with every byte by TCP: what in-kernel legs are worth.</summary>
    public const string NodeMeshTcp = "nodemesh-tcp";
    public const string NodeMeshTcpTwoNodes = "nodemesh-tcp-2";

    public static readonly IReadOnlyList<string> All =
        [Direct, Haproxy, Nginx, NodeMesh, NodeMeshTcp, NodeMeshKernel, DirectTwoNodes, HaproxyTls, NginxTls, NodeMeshTwoNodes, NodeMeshTcpTwoNodes];

    /// <summary>Those that nobody has to ask for.</summary>
    public static readonly IReadOnlyList<string> Usual = [.. All.Where(row => row is not (NodeMeshTcp or NodeMeshTcpTwoNodes))];

    public static bool CrossesNodes(string row) => row.EndsWith("-2", StringComparison.Ordinal);

    /// <summary>The row without any proxy on the same way.</summary>
    public static string BaselineOf(string row) => CrossesNodes(row) ? DirectTwoNodes : Direct;

    public static bool IsBaseline(string row) => row is Direct or DirectTwoNodes;

    public static bool IsMesh(string row) => row.StartsWith(NodeMesh, StringComparison.Ordinal);
}
