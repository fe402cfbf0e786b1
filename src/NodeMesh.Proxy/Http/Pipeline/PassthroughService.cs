using NodeMesh.Model;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Stands for whatever a client dialled that no service has, under the name that dashboards know.</summary>
internal static class PassthroughService
{
    /// <summary>The service.</summary>
    public static Service Instance { get; } = new()
    {
        Name = "PassthroughCluster",
        Namespace = "unknown",
        Hostname = "PassthroughCluster",
        Canonical = false,
        LoadBalancing = new Model.LoadBalancing { Mode = LoadBalancingMode.Passthrough },
    };
}
