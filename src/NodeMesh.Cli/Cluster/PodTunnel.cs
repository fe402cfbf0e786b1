using NodeMesh.Kubernetes;

namespace NodeMesh.Cli.Cluster;

/// <summary>HTTP to a pod's port through the API server's port-forward: nothing has to be exposed.</summary>
internal static class PodTunnel
{
    /// <summary>Makes a client; it connects with the first request.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="ns">The pod's namespace.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="port">Its port.</param>
    public static HttpClient Http(KubernetesClient client, string ns, string pod, int port) => new(
        new SocketsHttpHandler
        {
            UseProxy = false,
            ConnectCallback = async (_, ct) => await client.Pods(ns).PortForwardAsync(pod, port, ct),
        },
        disposeHandler: true);
}
