using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model.Routing;
using NodeMesh.Model.Traffic;

namespace NodeMesh.Model;

/// <summary>
/// Everything that a node proxy knows of the mesh, immutable. <see cref="Apply"/> makes the next one in time proportional to the change,
/// not to the mesh: the indexes are persistent trees that share what did not change.
/// </summary>
public sealed class MeshModel
{
    private readonly WorkloadIndex _workloads;
    private readonly ServiceIndex _services;
    private readonly PolicyIndex _policies;
    private readonly RouteIndex _routes;
    private readonly ImmutableDictionary<NamespacedName, NetworkPolicy> _networkPolicies;
    private readonly ImmutableDictionary<string, MeshNode> _nodes;
    private readonly ImmutableDictionary<IPAddress, string> _nodesByAddress;

    private MeshModel(
        WorkloadIndex workloads,
        ServiceIndex services,
        PolicyIndex policies,
        RouteIndex routes,
        ImmutableDictionary<NamespacedName, NetworkPolicy> networkPolicies,
        ImmutableDictionary<string, MeshNode> nodes,
        ImmutableDictionary<IPAddress, string> nodesByAddress,
        long version)
    {
        _workloads = workloads;
        _services = services;
        _policies = policies;
        _routes = routes;
        _networkPolicies = networkPolicies;
        _nodes = nodes;
        _nodesByAddress = nodesByAddress;
        Version = version;
    }

    /// <summary>A mesh without anything in it.</summary>
    public static MeshModel Empty { get; } = new(
        WorkloadIndex.Empty,
        ServiceIndex.Empty,
        PolicyIndex.Empty,
        RouteIndex.Empty,
        ImmutableDictionary<NamespacedName, NetworkPolicy>.Empty,
        ImmutableDictionary.Create<string, MeshNode>(StringComparer.Ordinal),
        ImmutableDictionary<IPAddress, string>.Empty,
        0);

    /// <summary>How many changes made this model; larger is newer.</summary>
    public long Version { get; }

    /// <summary>All workloads.</summary>
    public IEnumerable<Workload> Workloads => _workloads.ByUid.Values;

    /// <summary>How many workloads there are.</summary>
    public int WorkloadCount => _workloads.ByUid.Count;

    /// <summary>All services.</summary>
    public IEnumerable<Service> Services => _services.ByKey.Values;

    /// <summary>How many services there are.</summary>
    public int ServiceCount => _services.ByKey.Count;

    /// <summary>All policies.</summary>
    public IEnumerable<AuthorizationPolicy> Policies => _policies.ByKey.Values;

    /// <summary>How many policies there are.</summary>
    public int PolicyCount => _policies.ByKey.Count;

    /// <summary>All NetworkPolicies.</summary>
    public IEnumerable<NetworkPolicy> NetworkPolicies => _networkPolicies.Values;

    /// <summary>All nodes.</summary>
    public IEnumerable<MeshNode> Nodes => _nodes.Values;

    /// <summary>Finds a workload.</summary>
    /// <param name="uid">Its UID.</param>
    /// <returns>The workload, or null.</returns>
    public Workload? FindWorkload(string uid) => _workloads.ByUid.GetValueOrDefault(uid);

    /// <summary>Finds the workload that owns an address. Workloads of the host's network own none: their address is the node's.</summary>
    /// <param name="address">The address; IPv4-mapped ones are un-mapped first.</param>
    /// <returns>The workload, or null; of two that claim the address (one is about to go) the one that came last.</returns>
    public Workload? FindWorkload(IPAddress address) => _workloads.Find(Unmap(address));

    /// <summary>Finds a pod's workload by its name.</summary>
    /// <param name="pod">Namespace and name.</param>
    /// <param name="address">One of its addresses: tells a pod from its successor of the same name.</param>
    /// <returns>The workload, or null.</returns>
    public Workload? FindPod(NamespacedName pod, IPAddress address) =>
        _workloads.Find(Unmap(address), w => w.Namespace == pod.Namespace && w.Name == pod.Name);

    /// <summary>Finds a service by its namespace and host name.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The service, or null.</returns>
    public Service? FindService(NamespacedName key) => _services.ByKey.GetValueOrDefault(key);

    /// <summary>The services that have a virtual address.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The services, by key.</returns>
    public ImmutableArray<Service> FindServices(IPAddress address) => _services.Find(Unmap(address));

    /// <summary>The services of a host name, one per namespace at most.</summary>
    /// <param name="hostname">The fully qualified host name, in lower case.</param>
    /// <returns>The services, by key.</returns>
    public ImmutableArray<Service> FindServices(string hostname) => _services.Find(hostname);

    /// <summary>The services of the longest wildcard host that a name matches.</summary>
    /// <param name="hostname">The fully qualified host name, in lower case.</param>
    /// <returns>The services, by key.</returns>
    public ImmutableArray<Service> FindPatternServices(string hostname) => _services.FindPattern(hostname);

    /// <summary>The services with a port that no address means.</summary>
    /// <param name="port">The port.</param>
    /// <returns>The services, by key.</returns>
    public ImmutableArray<Service> FindNamedOnly(int port) => _services.NamedOnly(port);

    /// <summary>Says whether some service declares that a port carries requests.</summary>
    /// <param name="port">The port.</param>
    /// <returns>True when one does.</returns>
    public bool IsRequestPort(int port) => _services.IsRequestPort(port);

    /// <summary>True when some list of rules is chosen by the host that a request names.</summary>
    public bool HasHostLists => _routes.HasHostLists;

    /// <summary>True when some rule is chosen by the server name of a TLS connection.</summary>
    public bool HasTlsRules => _routes.HasTlsRules;

    /// <summary>The workloads that back a service, ready or not.</summary>
    /// <param name="service">The service's key.</param>
    /// <returns>The workloads, by UID.</returns>
    public ImmutableArray<Workload> WorkloadsOf(NamespacedName service) => _workloads.Of(service);

    /// <summary>Finds a policy.</summary>
    /// <param name="key">Its namespace and name.</param>
    /// <returns>The policy, or null.</returns>
    public AuthorizationPolicy? FindPolicy(NamespacedName key) => _policies.ByKey.GetValueOrDefault(key);

    /// <summary>The policies that apply to every workload of the mesh.</summary>
    public IEnumerable<AuthorizationPolicy> GlobalPolicies => _policies.Global.Values;

    /// <summary>The policies that apply to every workload of a namespace.</summary>
    /// <param name="ns">The namespace.</param>
    /// <returns>The policies, by name.</returns>
    public IEnumerable<AuthorizationPolicy> NamespacePolicies(string ns) => _policies.OfNamespace(ns);

    /// <summary>All routes.</summary>
    public IEnumerable<ServiceRoutes> Routes => _routes.ByKey.Values.Select(t => t.Routes);

    /// <summary>Finds the routes of a service.</summary>
    /// <param name="service">The service's key.</param>
    /// <returns>The routes; null when nothing is said of it.</returns>
    public RouteTables? FindRoutes(NamespacedName service) => _routes.ByKey.GetValueOrDefault(service);

    /// <summary>The routes of a host name, of services and of hosts that only routes name.</summary>
    /// <param name="host">The fully qualified name in lower case.</param>
    /// <returns>The routes, by namespace.</returns>
    public ImmutableArray<RouteTables> FindRoutes(string host) => _routes.Find(host);

    /// <summary>The routes of the longest pattern that a host name matches.</summary>
    /// <param name="host">The fully qualified name in lower case.</param>
    /// <returns>The routes, by namespace.</returns>
    public ImmutableArray<RouteTables> FindPatternRoutes(string host) => _routes.FindPattern(host);

    /// <summary>How the clients of a namespace treat the endpoints of a service.</summary>
    /// <param name="service">The service's key.</param>
    /// <param name="clientNamespace">The clients' namespace.</param>
    /// <returns>The policy; null when nothing is said.</returns>
    public TrafficPolicy? FindTrafficPolicy(NamespacedName service, string clientNamespace)
    {
        if (_routes.ByKey.TryGetValue(service, out var tables))
        {
            foreach (var policy in tables.Routes.TrafficPolicies)
            {
                if (policy.ClientNamespace.Length == 0 || policy.ClientNamespace == clientNamespace)
                {
                    return policy;
                }
            }
        }

        return null;
    }

    /// <summary>Finds a NetworkPolicy.</summary>
    /// <param name="key">Its namespace and name.</param>
    /// <returns>The policy, or null.</returns>
    public NetworkPolicy? FindNetworkPolicy(NamespacedName key) => _networkPolicies.GetValueOrDefault(key);

    /// <summary>Finds a node.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The node, or null.</returns>
    public MeshNode? FindNode(string name) => _nodes.GetValueOrDefault(name);

    /// <summary>Finds the node that has an address of its own.</summary>
    /// <param name="address">The address.</param>
    /// <returns>The node, or null.</returns>
    public MeshNode? FindNode(IPAddress address) =>
        _nodesByAddress.TryGetValue(Unmap(address), out var name) ? FindNode(name) : null;

    /// <summary>Applies a change.</summary>
    /// <param name="change">What changes.</param>
    /// <returns>The next model; this one stays as it is.</returns>
    public MeshModel Apply(ModelChange change)
    {
        if (change.IsEmpty)
        {
            return this;
        }

        var nodes = _nodes;
        var nodesByAddress = _nodesByAddress;
        foreach (var name in change.RemovedNodes.Concat(change.Nodes.Select(n => n.Name)))
        {
            if (nodes.TryGetValue(name, out var old))
            {
                nodes = nodes.Remove(name);
                nodesByAddress = nodesByAddress.RemoveRange(old.Addresses.Select(Unmap).Where(a => nodesByAddress.GetValueOrDefault(a) == name));
            }
        }

        foreach (var node in change.Nodes)
        {
            nodes = nodes.SetItem(node.Name, node);
            nodesByAddress = nodesByAddress.SetItems(node.Addresses.Select(a => KeyValuePair.Create(Unmap(a), node.Name)));
        }

        return new MeshModel(
            _workloads.Apply(change.Workloads, change.RemovedWorkloads),
            _services.Apply(change.Services, change.RemovedServices),
            _policies.Apply(change.Policies, change.RemovedPolicies),
            _routes.Apply(change.Routes, change.RemovedRoutes),
            _networkPolicies.RemoveRange(change.RemovedNetworkPolicies).SetItems(change.NetworkPolicies.Select(p => KeyValuePair.Create(p.Key, p))),
            nodes,
            nodesByAddress,
            Version + 1);
    }

    internal static IPAddress Unmap(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
