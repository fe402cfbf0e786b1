using NodeMesh.Model;

namespace NodeMesh.Proxy.LoadBalancing;

/// <summary>What tells clusters apart.</summary>
/// <param name="Service">The service.</param>
/// <param name="Port">Its port.</param>
/// <param name="Subset">The subset of its endpoints; empty for all.</param>
/// <param name="PolicyNamespace">The clients' namespace that the traffic policy is for; empty for all.</param>
/// <param name="Locality">Where the clients are: all on this node, but a pod may say a place of its own.</param>
/// <param name="ClientLabels">Labels of the client that matter for nearness; empty where they do not.</param>
internal readonly record struct UpstreamClusterKey(
    NamespacedName Service, int Port, string Subset, string PolicyNamespace, Locality Locality, ValueList<WorkloadLabel> ClientLabels);
