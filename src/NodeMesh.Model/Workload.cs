using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model.AccessLogging;

namespace NodeMesh.Model;

/// <summary>Something with an address and an identity: a pod, or a VM. The same facts as <c>istio.workload.Workload</c>.</summary>
public sealed record Workload
{
    /// <summary>Unique for ever: <c>cluster/group/kind/namespace/name</c>.</summary>
    public required string Uid { get; init; }

    /// <summary>The pod's name.</summary>
    public required string Name { get; init; }

    /// <summary>The pod's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>Addresses, IPv4 and IPv6; never IPv4-mapped.</summary>
    public ImmutableArray<IPAddress> Addresses { get; init; } = [];

    /// <summary>A DNS name to resolve when there is no address (ServiceEntry with DNS resolution); else empty.</summary>
    public string Hostname { get; init; } = "";

    /// <summary>The network that the addresses belong to; empty for the only one.</summary>
    public string Network { get; init; } = "";

    /// <summary>The trust domain of the identity.</summary>
    public string TrustDomain { get; init; } = SpiffeId.DefaultTrustDomain;

    /// <summary>The service account of the identity.</summary>
    public string ServiceAccount { get; init; } = "default";

    /// <summary>The node that it runs on; empty when unknown.</summary>
    public string Node { get; init; } = "";

    /// <summary>How it is reached.</summary>
    public TunnelProtocol TunnelProtocol { get; init; }

    /// <summary>Whether it has a network namespace of its own.</summary>
    public NetworkMode NetworkMode { get; init; }

    /// <summary>Readiness.</summary>
    public WorkloadHealth Health { get; init; }

    /// <summary>The canonical service (label <c>service.istio.io/canonical-name</c>, <c>app.kubernetes.io/name</c>, <c>app</c>, or the workload's name).</summary>
    public string CanonicalName { get; init; } = "";

    /// <summary>The canonical revision (label <c>service.istio.io/canonical-revision</c>, <c>app.kubernetes.io/version</c>, <c>version</c>, or <c>latest</c>).</summary>
    public string CanonicalRevision { get; init; } = "";

    /// <summary>The controller's name (the Deployment's), for telemetry.</summary>
    public string WorkloadName { get; init; } = "";

    /// <summary>The controller's kind, for telemetry.</summary>
    public WorkloadType WorkloadType { get; init; }

    /// <summary>The cluster's name.</summary>
    public string ClusterId { get; init; } = "Kubernetes";

    /// <summary>Where it runs.</summary>
    public Locality Locality { get; init; } = Locality.Unknown;

    /// <summary>The services that it backs.</summary>
    public ImmutableArray<ServiceBinding> Services { get; init; } = [];

    /// <summary>Keys (<see cref="AuthorizationPolicy.Key"/> as <c>namespace/name</c>) of the policies that select this workload by label. A proxy that lacks one of them refuses the workload's traffic.</summary>
    public ImmutableArray<NamespacedName> AuthorizationPolicies { get; init; } = [];

    /// <summary>
    /// Those of its labels that a subset, a rule for clients or a preference among endpoints asks for, by key. Other labels do not leave the control plane.
    /// </summary>
    public ValueList<WorkloadLabel> Labels { get; init; }

    /// <summary>Keys of the NetworkPolicies that select this workload. A proxy that lacks one of them refuses what it might refuse.</summary>
    public ImmutableArray<NamespacedName> NetworkPolicies { get; init; } = [];

    /// <summary>The selectors of NetworkPolicies' peers that this workload matches; see <see cref="NetworkPeer.Group"/>.</summary>
    public ImmutableArray<string> NetworkGroups { get; init; } = [];

    /// <summary>Its named ports that some NetworkPolicy speaks of.</summary>
    public ImmutableArray<NamedPort> NamedPorts { get; init; } = [];

    /// <summary>What it may reach as a client; null where no Sidecar says anything.</summary>
    public EgressScope? Egress { get; init; }

    /// <summary>What is traced of its requests; null where no Telemetry says anything.</summary>
    public TracingPolicy? Tracing { get; init; }

    /// <summary>Which access lines are written of it; null where no Telemetry says anything.</summary>
    public AccessLogPolicy? AccessLog { get; init; }

    /// <summary>Relative weight in load balancing; at least 1.</summary>
    public uint Capacity { get; init; } = 1;

    /// <summary>The identity: trust domain, namespace and service account.</summary>
    public SpiffeId Identity => new(TrustDomain, Namespace, ServiceAccount);
}
