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

    /// <summary>The rows that look at requests: a route that matches a header and draws one of two backends by weight.</summary>
    public const string HaproxyRequests = "haproxy-l7";
    public const string NginxRequests = "nginx-l7";
    public const string NodeMeshRequests = "nodemesh-l7";
    public const string HaproxyRequestsTls = "haproxy-l7-mtls-2";
    public const string NginxRequestsTls = "nginx-l7-mtls-2";
    public const string NodeMeshRequestsTwoNodes = "nodemesh-l7-2";

    public static readonly IReadOnlyList<string> All =
    [
        Direct, Haproxy, Nginx, NodeMesh, NodeMeshTcp, NodeMeshKernel, DirectTwoNodes, HaproxyTls, NginxTls, NodeMeshTwoNodes, NodeMeshTcpTwoNodes,
        HaproxyRequests, NginxRequests, NodeMeshRequests, HaproxyRequestsTls, NginxRequestsTls, NodeMeshRequestsTwoNodes,
    ];

    /// <summary>Those that nobody has to ask for.</summary>
    public static readonly IReadOnlyList<string> Usual = [.. All.Where(row => row is not (NodeMeshTcp or NodeMeshTcpTwoNodes))];

    /// <summary>Those of a quick run: three more meshes and six more peers would take it as long again.</summary>
    public static readonly IReadOnlyList<string> Quick = [.. Usual.Where(row => !SeesRequests(row))];

    public static bool CrossesNodes(string row) => row.EndsWith("-2", StringComparison.Ordinal);

    /// <summary>The row without any proxy on the same way.</summary>
    public static string BaselineOf(string row) => CrossesNodes(row) ? DirectTwoNodes : Direct;

    public static bool IsBaseline(string row) => row is Direct or DirectTwoNodes;

    /// <summary>Whether a row's proxies look at requests.</summary>
    public static bool SeesRequests(string row) => row.Contains("-l7", StringComparison.Ordinal);

    /// <summary>The mesh's row of requests on the same way.</summary>
    public static string MeshRequestsOf(string row) => CrossesNodes(row) ? NodeMeshRequestsTwoNodes : NodeMeshRequests;

    public static bool IsMesh(string row) => row.StartsWith(NodeMesh, StringComparison.Ordinal);
}
