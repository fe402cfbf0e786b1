using NodeMesh.Model;
using NodeMesh.Proxy.LoadBalancing;

namespace NodeMesh.Proxy.Outbound;

/// <summary>A decision, and who made the choice of its endpoint.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Cluster">The cluster, where a traffic policy says something; else null.</param>
/// <param name="Endpoint">The endpoint in it; null where none may be taken, or without a cluster.</param>
internal readonly record struct BalancedDecision(OutboundDecision Decision, UpstreamCluster? Cluster, UpstreamEndpoint? Endpoint);
