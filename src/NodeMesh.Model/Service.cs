using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>A name with addresses and ports, backed by workloads. The same facts as <c>istio.workload.Service</c>.</summary>
public sealed record Service
{
    /// <summary>The resource's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The fully qualified host name, <c>web.shop.svc.cluster.local</c>, in lower case.</summary>
    public required string Hostname { get; init; }

    /// <summary>Virtual addresses (VIPs); empty for a headless service.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>Ports.</summary>
    public ImmutableArray<ServicePort> Ports { get; init; } = [];

    /// <summary>Identities that its endpoints may also have.</summary>
    public ImmutableArray<string> SubjectAltNames { get; init; } = [];

    /// <summary>How endpoints are chosen.</summary>
    public LoadBalancing LoadBalancing { get; init; } = LoadBalancing.Default;

    /// <summary>True for a Kubernetes Service; false for other sources of the same host name.</summary>
    public bool Canonical { get; init; } = true;

    /// <summary>Who may reach it.</summary>
    public ServiceVisibility Visibility { get; init; }

    /// <summary>The service's key: namespace and host name.</summary>
    public NamespacedName Key => new(Namespace, Hostname);
}
