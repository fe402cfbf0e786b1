using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation.Entries;
using NodeMesh.Resources.Translation.Routing;

namespace NodeMesh.Resources.Translation;

/// <summary>Translates all resources of a mesh to the model.</summary>
public sealed class MeshTranslator
{
    private readonly MeshSettings _settings;
    private readonly ResourceCatalog _catalog;
    private readonly AuthorizationCatalog _authorization;
    private readonly PeerAuthenticationTranslator _peers;
    private readonly NetworkPolicyCatalog _network;
    private readonly SidecarCatalog _sidecars;
    private readonly TelemetryCatalog _telemetries;
    private readonly PodTranslator _podTranslator;
    private readonly IReadOnlyCollection<ManifestDocument> _documents;
    private readonly PodMemory? _memory;
    private readonly Dictionary<string, MeshNode> _nodes = [];
    private readonly Dictionary<ManifestDocument, Service> _services = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<string, Workload> _workloads = [];
    private readonly List<TranslatedPod> _pods = [];
    private readonly HashSet<WorkloadPlacement> _placements = [];

    private MeshTranslator(MeshSettings settings, IReadOnlyCollection<ManifestDocument> documents, NetworkGroupMemory? groups, PodMemory? pods)
    {
        _settings = settings;
        _documents = documents;
        _memory = pods;
        _catalog = new ResourceCatalog(documents);
        _authorization = new AuthorizationCatalog(settings, _catalog);
        _peers = new PeerAuthenticationTranslator(settings, _catalog.Of(ResourceKinds.PeerAuthentication));
        _network = new NetworkPolicyCatalog(_catalog.Of(ResourceKinds.NetworkPolicy), groups);
        _sidecars = new SidecarCatalog(settings, _catalog.Of(ResourceKinds.Sidecar));
        _telemetries = new TelemetryCatalog(settings, _catalog.Of(ResourceKinds.Telemetry));
        _podTranslator = new PodTranslator(settings);
    }

    /// <summary>Translates.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="documents">Valid documents, each resource once.</param>
    /// <param name="groups">Carries the groups of NetworkPolicies from one translation to the next; null for a single one.</param>
    /// <param name="pods">Carries what was made of pods from one translation to the next; null for a single one.</param>
    /// <returns>The model, and what is to be said of the resources.</returns>
    public static MeshTranslation Translate(MeshSettings settings, IEnumerable<ManifestDocument> documents, NetworkGroupMemory? groups = null, PodMemory? pods = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return new MeshTranslator(settings, documents as IReadOnlyCollection<ManifestDocument> ?? [.. documents], groups, pods).Run();
    }

    private MeshTranslation Run()
    {
        TranslateNodes();
        TranslateServices();
        var hasIpv6 = HasIpv6();
        var entries = new EntryTranslator(_catalog.Of(ResourceKinds.ServiceEntry), _services.Values, hasIpv6);
        var services = _services.Values.Concat(entries.Services).ToList();
        var routes = RouteTranslator.Translate(_settings, _catalog, services);
        _memory?.Begin(_settings, _documents, routes.Labels, hasIpv6);
        TranslatePods(entries, routes.Labels);
        _memory?.End();
        var endpoints = new EndpointTranslator(_settings, _catalog, _services, _workloads, _nodes);
        endpoints.Translate();
        new EntryEndpoints(_settings, entries, _workloads, labels => Select(labels, routes.Labels)).Translate(_catalog.Of(ResourceKinds.WorkloadEntry));
        var policies = _authorization.Policies.Concat(_peers.Policies.Values).ToList();
        var findings = _authorization.Findings
            .Concat(_peers.FindOverridden())
            .Concat(endpoints.Findings)
            .Concat(entries.Findings)
            .Concat(_sidecars.Findings)
            .Concat(_telemetries.Findings)
            .Concat(routes.Findings)
            .Concat(new EffectAnalysis(_settings, _catalog, _pods).Find())
            .Concat(new ClientTlsAnalysis(_settings, _catalog, _pods).Find())
            .Concat(new PrincipalAnalysis(_settings, _catalog, _pods).Find());
        var mesh = new CompiledMesh(
            _workloads.ToImmutableDictionary(),
            services.ToImmutableDictionary(s => s.Key),
            policies.ToImmutableDictionary(p => p.Policy.Key, p => p.Policy),
            _nodes.ToImmutableDictionary(),
            [.. _placements])
        {
            NetworkPolicies = _network.Policies,
            Routes = routes.Routes,
        };
        return new MeshTranslation(mesh, policies.ToImmutableDictionary(p => p.Policy.Key, p => p.Origin), [.. findings], _authorization.NotEnforced)
        {
            RouteParents = routes.Parents,
        };
    }

    private void TranslateNodes()
    {
        foreach (var document in _catalog.Of(ResourceKinds.Node))
        {
            var node = (NodeResource)document.Resource!;
            var internalOnly = (node.Status?.Addresses ?? []).Where(a => a.Type == "InternalIP").ToList();
            _nodes[document.Name] = new MeshNode
            {
                Name = document.Name,
                Addresses = [.. internalOnly.Select(a => IPAddress.TryParse(a.Address, out var address) ? address : null).OfType<IPAddress>()],
                Locality = LocalityOf(document.Labels),
            };
        }
    }

    private static Locality LocalityOf(ImmutableDictionary<string, string> labels) => new(
        labels.GetValueOrDefault(Labels.Region, ""), labels.GetValueOrDefault(Labels.Zone, ""), labels.GetValueOrDefault(Labels.Subzone, ""));

    private void TranslateServices()
    {
        foreach (var document in _catalog.Of(ResourceKinds.Service))
        {
            var service = (ServiceResource)document.Resource!;
            if (service.Spec.Type != "ExternalName")
            {
                _services[document] = ServiceTranslator.Translate(service, _catalog.NamespaceAnnotations(document.Namespace), _settings);
            }
        }
    }

    private bool HasIpv6() =>
        _nodes.Values.SelectMany(n => n.Addresses).Concat(_catalog.Of(ResourceKinds.Pod).SelectMany(p => PodTranslator.Addresses((PodResource)p.Resource!)))
            .Any(a => a.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6);

    private void TranslatePods(EntryTranslator entries, ImmutableHashSet<string> labels)
    {
        var owners = AddressOwners();
        foreach (var document in _catalog.Of(ResourceKinds.Pod))
        {
            var pod = (PodResource)document.Resource!;
            if (PodTranslator.HasEnded(pod))
            {
                continue;
            }

            var account = pod.Spec.ServiceAccountName is { Length: > 0 } name ? name : "default";
            if (pod.Spec.NodeName is { Length: > 0 } nodeName)
            {
                _placements.Add(new WorkloadPlacement(nodeName, document.Namespace, account));
            }

            var addresses = PodTranslator.Addresses(pod);
            if (pod.Spec.HostNetwork != true)
            {
                addresses = [.. addresses.Where(a => ReferenceEquals(owners[a], document))];
            }

            var known = _memory?.Find(document, addresses);
            var entry = known ?? TranslatePod(document, addresses, entries, labels);
            _memory?.Keep(entry);
            _pods.Add(entry.Pod);
            if (entry.Workload is not { } workload)
            {
                continue;
            }

            _workloads[workload.Uid] = workload;
            if (known is { Pod.Meshed: true })
            {
                // There are only those policies that a workload has asked for.
                _ = _peers.Resolve(workload.Namespace, document.Labels);
            }
        }
    }

    private PodMemory.Entry TranslatePod(ManifestDocument document, ImmutableArray<IPAddress> addresses, EntryTranslator entries, ImmutableHashSet<string> labels)
    {
        var pod = (PodResource)document.Resource!;
        var joins = Labels.JoinsMesh(_catalog.NamespaceLabels(document.Namespace), document.Labels);
        var services = _catalog.ServicesOf(document.Namespace, document.Labels).Where(_services.ContainsKey).ToImmutableArray();
        var bindings = services
            .Select(s => new ServiceBinding(_services[s].Key, ServiceTranslator.BindPorts(((ServiceResource)s.Resource!).Spec, pod.Spec)))
            .Concat(entries.Selecting(document.Namespace, document.Labels).SelectMany(e => e.Bind(ImmutableDictionary<string, int>.Empty)))
            .ToImmutableArray();
        var translated = new TranslatedPod(document, joins && pod.Spec.HostNetwork != true, services, bindings);
        if (addresses.IsEmpty)
        {
            return new PodMemory.Entry(translated, addresses, null);
        }

        var workload = _podTranslator.Translate(pod, addresses, joins, pod.Spec.NodeName is { } on ? _nodes.GetValueOrDefault(on) : null);
        workload = _network.Describe(workload, pod, _catalog.NamespaceLabels(document.Namespace), translated.Meshed);
        return new PodMemory.Entry(translated, addresses, Finish(workload, translated) with { Labels = Select(document.Labels, labels) });
    }

    private static ValueList<WorkloadLabel> Select(ImmutableDictionary<string, string> labels, ImmutableHashSet<string> wanted) =>
        wanted.IsEmpty ? [] : [.. labels.Where(l => wanted.Contains(l.Key)).OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new WorkloadLabel(l.Key, l.Value))];

    private Workload Finish(Workload workload, TranslatedPod pod)
    {
        if (!pod.Meshed)
        {
            return workload with { Services = pod.Bindings };
        }

        var mutualTls = _peers.Resolve(workload.Namespace, pod.Document.Labels);
        return workload with
        {
            Services = pod.Bindings,
            Egress = _sidecars.Find(workload.Namespace, pod.Document.Labels),
            Tracing = _telemetries.Find(workload.Namespace, pod.Document.Labels),
            AccessLog = _telemetries.FindAccessLog(workload.Namespace, pod.Document.Labels),
            TunnelProtocol = mutualTls.Plaintext ? TunnelProtocol.None : workload.TunnelProtocol,
            AuthorizationPolicies = [.. _authorization.Selecting(pod), .. mutualTls.Policies],
        };
    }

    // While a pod is being replaced, its address may already be another's: the one that is not being deleted, or else the newest, has it.
    private Dictionary<IPAddress, ManifestDocument> AddressOwners()
    {
        var owners = new Dictionary<IPAddress, ManifestDocument>();
        foreach (var document in _catalog.Of(ResourceKinds.Pod))
        {
            var pod = (PodResource)document.Resource!;
            if (PodTranslator.HasEnded(pod) || pod.Spec.HostNetwork == true)
            {
                continue;
            }

            foreach (var address in PodTranslator.Addresses(pod))
            {
                if (!owners.TryGetValue(address, out var other) || Precedes(pod.Metadata, other.Resource!.Metadata))
                {
                    owners[address] = document;
                }
            }
        }

        return owners;
    }

    private static bool Precedes(ObjectMeta pod, ObjectMeta other)
    {
        if (pod.DeletionTimestamp is null != other.DeletionTimestamp is null)
        {
            return pod.DeletionTimestamp is null;
        }

        return (pod.CreationTimestamp ?? DateTimeOffset.MinValue) > (other.CreationTimestamp ?? DateTimeOffset.MinValue);
    }
}
