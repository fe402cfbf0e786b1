using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation;

/// <summary>All NetworkPolicies, translated, and what each pod is to them.</summary>
internal sealed class NetworkPolicyCatalog
{
    /// <summary>The label that the API server gives every namespace.</summary>
    private const string NamespaceName = "kubernetes.io/metadata.name";

    private readonly Dictionary<string, List<(LabelMatcher Pods, NamespacedName Policy)>> _selecting = [];
    private readonly Dictionary<string, ImmutableArray<NetworkGroup>> _byNamespace = [];
    private readonly Dictionary<string, NetworkGroup> _used = [];
    private readonly HashSet<string> _portNames = [];
    private readonly ImmutableDictionary<string, NetworkGroup> _groups;

    /// <summary>Translates the policies.</summary>
    /// <param name="documents">Valid NetworkPolicies.</param>
    /// <param name="memory">Knows the groups of before; null where nobody has seen any.</param>
    public NetworkPolicyCatalog(IEnumerable<ManifestDocument> documents, NetworkGroupMemory? memory)
    {
        var policies = ImmutableDictionary.CreateBuilder<NamespacedName, NetworkPolicy>();
        foreach (var document in documents)
        {
            var spec = ((NetworkPolicyResource)document.Resource!).Spec ?? new NetworkPolicySpec();
            var policy = Translate(document, spec);
            policies[policy.Key] = policy;
            if (!_selecting.TryGetValue(document.Namespace, out var list))
            {
                _selecting[document.Namespace] = list = [];
            }

            list.Add((new LabelMatcher(spec.PodSelector ?? new LabelSelector()), policy.Key));
        }

        Policies = policies.ToImmutable();
        var used = _used.ToImmutableDictionary();
        _groups = memory?.Take(used) ?? used;
    }

    /// <summary>The policies.</summary>
    public ImmutableDictionary<NamespacedName, NetworkPolicy> Policies { get; }

    /// <summary>Says what a pod is to the policies.</summary>
    /// <param name="workload">The pod's workload.</param>
    /// <param name="pod">The pod.</param>
    /// <param name="namespaceLabels">Labels of its namespace.</param>
    /// <param name="meshed">True when the node proxy carries the pod's traffic, and policies that select it are its business.</param>
    /// <returns>The workload with its policies, groups and named ports.</returns>
    public Workload Describe(Workload workload, PodResource pod, ImmutableDictionary<string, string> namespaceLabels, bool meshed)
    {
        // Pods in the host's network are the node to every policy.
        if ((Policies.IsEmpty && _groups.IsEmpty) || pod.Spec.HostNetwork == true)
        {
            return workload;
        }

        var labels = pod.Metadata.Labels;
        return workload with
        {
            NetworkPolicies = meshed ? Selecting(workload.Namespace, labels) : [],
            NetworkGroups = [.. GroupsOf(workload.Namespace, namespaceLabels).Where(g => g.TakesPod(labels)).Select(g => g.Name)],
            NamedPorts = NamedPorts(pod.Spec),
        };
    }

    private ImmutableArray<NamespacedName> Selecting(string ns, ImmutableDictionary<string, string> labels) =>
        [.. _selecting.GetValueOrDefault(ns, []).Where(p => p.Pods.Matches(labels)).Select(p => p.Policy).OrderBy(p => p.Name, StringComparer.Ordinal)];

    private ImmutableArray<NetworkGroup> GroupsOf(string ns, ImmutableDictionary<string, string> labels)
    {
        if (!_byNamespace.TryGetValue(ns, out var groups))
        {
            var complete = labels.SetItem(NamespaceName, ns);
            _byNamespace[ns] = groups = [.. _groups.Values.Where(g => g.TakesNamespace(ns, complete)).OrderBy(g => g.Name, StringComparer.Ordinal)];
        }

        return groups;
    }

    private ImmutableArray<NamedPort> NamedPorts(PodSpec pod)
    {
        if (_portNames.Count == 0)
        {
            return [];
        }

        return
        [
            .. pod.Containers.Concat(pod.InitContainers.Where(c => c.RestartPolicy == "Always"))
                .SelectMany(c => c.Ports)
                .Where(p => p.Name is not null && _portNames.Contains(p.Name) && p.ContainerPort is >= 1 and <= 65535)
                .Select(p => new NamedPort(p.Name!, Protocol(p.Protocol), p.ContainerPort!.Value)),
        ];
    }

    private NetworkPolicy Translate(ManifestDocument document, NetworkPolicySpec spec)
    {
        // As the API server fills in what is missing: every policy isolates for ingress, and one with egress rules for egress as well.
        var ingress = spec.PolicyTypes.IsEmpty || spec.PolicyTypes.Contains("Ingress");
        var egress = spec.PolicyTypes.IsEmpty ? !spec.Egress.IsEmpty : spec.PolicyTypes.Contains("Egress");
        return new NetworkPolicy
        {
            Name = document.Name,
            Namespace = document.Namespace,
            Ingress = ingress ? [.. spec.Ingress.Select(r => Rule(document.Namespace, r.From, r.Ports))] : null,
            Egress = egress ? [.. spec.Egress.Select(r => Rule(document.Namespace, r.To, r.Ports))] : null,
        };
    }

    private NetworkRule Rule(string ns, ImmutableArray<NetworkPolicyPeer> peers, ImmutableArray<NetworkPolicyPort> ports) =>
        new([.. peers.Select(p => Peer(ns, p))], [.. ports.Select(Port)]);

    private NetworkPeer Peer(string ns, NetworkPolicyPeer peer)
    {
        if (peer.IpBlock is { } block)
        {
            return new NetworkPeer.Block(Network(block.Cidr), [.. block.Except.Select(Network)]);
        }

        var group = new NetworkGroup(
            peer.NamespaceSelector is null ? ns : null,
            peer.NamespaceSelector is { } namespaces ? new LabelMatcher(namespaces) : null,
            new LabelMatcher(peer.PodSelector ?? new LabelSelector()));
        _used[group.Name] = group;
        return new NetworkPeer.Group(group.Name);
    }

    private static IPNetwork Network(string cidr) => IpBlocks.TryParse(cidr, out var network) ? network : throw new FormatException($"'{cidr}' is not a range of addresses");

    private NetworkPort Port(NetworkPolicyPort port)
    {
        if (port.Port?.Name is { } name)
        {
            _portNames.Add(name);
            return new NetworkPort(Protocol(port.Protocol), 0, 0, name);
        }

        var first = port.Port?.Number ?? 0;
        return new NetworkPort(Protocol(port.Protocol), first, port.EndPort ?? first, null);
    }

    private static NetworkProtocol Protocol(string? protocol) => protocol switch
    {
        null or "TCP" => NetworkProtocol.Tcp,
        "UDP" => NetworkProtocol.Udp,
        _ => NetworkProtocol.Sctp,
    };
}
