using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// Binds the endpoints that are written by hand for Services without a selector. An address of a known pod binds that pod; any other becomes a workload
/// outside the mesh.
/// </summary>
internal sealed class EndpointTranslator
{
    private readonly MeshSettings _settings;
    private readonly ResourceCatalog _catalog;
    private readonly Dictionary<ManifestDocument, Service> _services;
    private readonly Dictionary<NamespacedName, ManifestDocument> _byName;
    private readonly Dictionary<string, Workload> _workloads;
    private readonly Dictionary<string, MeshNode> _nodes;
    private readonly Dictionary<IPAddress, string> _byAddress = [];

    /// <summary>Prepares the translation.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="catalog">The resources.</param>
    /// <param name="services">The translated services.</param>
    /// <param name="workloads">The workloads of pods by UID; changed by <see cref="Translate"/>.</param>
    /// <param name="nodes">The nodes.</param>
    public EndpointTranslator(
        MeshSettings settings, ResourceCatalog catalog, Dictionary<ManifestDocument, Service> services, Dictionary<string, Workload> workloads, Dictionary<string, MeshNode> nodes)
    {
        _settings = settings;
        _catalog = catalog;
        _services = services;
        _byName = services.Keys.ToDictionary(d => d.Key);
        _workloads = workloads;
        _nodes = nodes;
    }

    /// <summary>What has no effect.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>Binds all slices and Endpoints.</summary>
    public void Translate()
    {
        var slices = _catalog.Of(ResourceKinds.EndpointSlice);
        var endpoints = _catalog.Of(ResourceKinds.Endpoints);
        if (slices.Count + endpoints.Count == 0)
        {
            return;
        }

        foreach (var workload in _workloads.Values.Where(w => w.NetworkMode == NetworkMode.Standard))
        {
            foreach (var address in workload.Addresses)
            {
                _byAddress[address] = workload.Uid;
            }
        }

        foreach (var document in slices)
        {
            TranslateSlice(document);
        }

        // A service with both has its slices: Kubernetes makes slices of every Endpoints object.
        var sliced = slices.Select(d => (d.Namespace, d.Labels.GetValueOrDefault(Labels.ServiceName))).ToHashSet();
        foreach (var document in endpoints.Where(d => !sliced.Contains((d.Namespace, d.Name))))
        {
            TranslateEndpoints(document);
        }
    }

    private void TranslateSlice(ManifestDocument document)
    {
        var slice = (EndpointSliceResource)document.Resource!;
        if (!document.Labels.TryGetValue(Labels.ServiceName, out var name))
        {
            Findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NoEffect, "metadata.labels", $"has no effect: the label {Labels.ServiceName} names no service"));
            return;
        }

        if (FindService(document, name, $"metadata.labels[\"{Labels.ServiceName}\"]") is not { } service)
        {
            return;
        }

        var ports = ServiceTranslator.BindPorts(((ServiceResource)service.Resource!).Spec, slice.Ports);
        foreach (var endpoint in slice.Endpoints)
        {
            var ready = endpoint.Conditions?.Ready ?? true;
            foreach (var address in endpoint.Addresses.Take(1))
            {
                Bind(document, "discovery.k8s.io/EndpointSlice", service, ports, address, ready, endpoint.NodeName, endpoint.Zone);
            }
        }
    }

    private void TranslateEndpoints(ManifestDocument document)
    {
        // On a cluster, controllers make them for every Service, and write their leases into others: there is nothing to be said of those.
        var findings = Findings.Count;
        if (FindService(document, document.Name, "metadata.name") is not { } service)
        {
            if (document.File.Length == 0)
            {
                Findings.RemoveRange(findings, Findings.Count - findings);
            }

            return;
        }

        foreach (var subset in ((EndpointsResource)document.Resource!).Subsets)
        {
            var ports = ServiceTranslator.BindPorts(((ServiceResource)service.Resource!).Spec, subset.Ports);
            foreach (var (address, ready) in subset.Addresses.Select(a => (a, true)).Concat(subset.NotReadyAddresses.Select(a => (a, false))))
            {
                Bind(document, "/Endpoints", service, ports, address.Ip, ready, address.NodeName, null);
            }
        }
    }

    private ManifestDocument? FindService(ManifestDocument document, string name, string field)
    {
        if (!_byName.TryGetValue(new NamespacedName(document.Namespace, name), out var service))
        {
            Findings.Add(document.Report(FindingLevel.Warning, FindingCodes.TargetNotFound, field, $"has no effect: there is no Service {document.Namespace}/{name}"));
            return null;
        }

        if (!((ServiceResource)service.Resource!).Spec.Selector.IsEmpty)
        {
            Findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NoEffect, field, $"has no effect: the selector of Service {document.Namespace}/{name} decides its endpoints"));
            return null;
        }

        return service;
    }

    private void Bind(
        ManifestDocument document, string kind, ManifestDocument service, ImmutableArray<ServicePort> ports, string text, bool ready, string? node, string? zone)
    {
        if (!IPAddress.TryParse(text, out var address))
        {
            Findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NoEffect, "endpoints", $"'{text}' has no effect: endpoints need IP addresses here"));
            return;
        }

        var binding = new ServiceBinding(_services[service].Key, ports);
        if (_byAddress.TryGetValue(address, out var uid))
        {
            var known = _workloads[uid];
            if (known.Services.All(s => s.Service != binding.Service))
            {
                _workloads[uid] = known with { Services = known.Services.Add(binding) };
            }

            return;
        }

        var locality = node is not null && _nodes.TryGetValue(node, out var on) ? on.Locality : zone is null ? Locality.Unknown : new Locality(Zone: zone);
        var workload = new Workload
        {
            Uid = $"{_settings.ClusterId}/{kind}/{document.Namespace}/{document.Name}/{address}",
            Name = document.Name,
            Namespace = document.Namespace,
            Addresses = [address],
            TrustDomain = _settings.TrustDomain,
            Node = node ?? "",
            Health = ready ? WorkloadHealth.Healthy : WorkloadHealth.Unhealthy,
            CanonicalName = service.Name,
            CanonicalRevision = "latest",
            WorkloadName = document.Name,
            WorkloadType = WorkloadType.Pod,
            ClusterId = _settings.ClusterId,
            Locality = locality,
            Services = [binding],
        };
        _workloads[workload.Uid] = workload;
        _byAddress[address] = workload.Uid;
    }
}
