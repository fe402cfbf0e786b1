using NodeMesh.Model;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Http.Pipeline;

/// <summary>Where the tries of a request go.</summary>
/// <param name="Cluster">The endpoints.</param>
/// <param name="Service">The service that they are of.</param>
/// <param name="Port">Its port.</param>
internal readonly record struct RequestDestination(UpstreamCluster Cluster, Service Service, int Port);
