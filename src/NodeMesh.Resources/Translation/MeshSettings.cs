using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Resources.Translation;

/// <summary>What the translation needs to know of the mesh.</summary>
public sealed record MeshSettings
{
    /// <summary>The trust domain of identities; cluster.local when not set.</summary>
    public string TrustDomain { get; init; } = SpiffeId.DefaultTrustDomain;

    /// <summary>Other trust domains that policies may name for the same identities.</summary>
    public ImmutableArray<string> TrustDomainAliases { get; init; } = [];

    /// <summary>The namespace whose policies apply to the whole mesh; istio-system when not set.</summary>
    public string RootNamespace { get; init; } = "istio-system";

    /// <summary>The DNS suffix of services; cluster.local when not set.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>The cluster's name, the first part of workload UIDs; Kubernetes when not set.</summary>
    public string ClusterId { get; init; } = "Kubernetes";

    /// <summary>The names by which Telemetries may name where spans go; null where that is not known, and names are not checked.</summary>
    public ImmutableArray<string>? TracingProviders { get; init; }
}
