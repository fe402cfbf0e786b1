using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation.Entries;

/// <summary>Makes workloads of WorkloadEntries and of the endpoints of ServiceEntries. An endpoint with the address of a pod is that pod.</summary>
/// <param name="settings">The mesh.</param>
/// <param name="entries">The services.</param>
/// <param name="workloads">The workloads of pods by UID; gets the others.</param>
/// <param name="select">Those labels of a workload that routes and policies ask for.</param>
internal sealed class EntryEndpoints(
    MeshSettings settings, EntryTranslator entries, Dictionary<string, Workload> workloads, Func<ImmutableDictionary<string, string>, ValueList<WorkloadLabel>> select)
{
    private const string TunnelLabel = "networking.istio.io/tunnel";
    private readonly Dictionary<IPAddress, string> _pods = [];

    /// <summary>Translates.</summary>
    /// <param name="workloadEntries">The WorkloadEntries.</param>
    public void Translate(IReadOnlyList<ManifestDocument> workloadEntries)
    {
        foreach (var workload in workloads.Values.Where(w => w.NetworkMode == NetworkMode.Standard))
        {
            foreach (var address in workload.Addresses)
            {
                _pods[address] = workload.Uid;
            }
        }

        foreach (var document in workloadEntries)
        {
            var spec = ((WorkloadEntryResource)document.Resource!).Spec;
            var labels = spec.Labels.SetItems(document.Labels);
            var services = entries.Selecting(document.Namespace, labels).SelectMany(e => e.Bind(spec.Ports)).ToImmutableArray();
            var uid = $"{settings.ClusterId}/networking.istio.io/WorkloadEntry/{document.Namespace}/{document.Name}";
            if (Make(document, "spec", spec, labels, uid, document.Name) is { } workload)
            {
                workloads[uid] = workload with { Services = services };
            }
        }

        foreach (var entry in entries.Entries.Where(e => !e.Services.IsEmpty))
        {
            TranslateEndpoints(entry);
        }
    }

    private void TranslateEndpoints(EntryService entry)
    {
        var (document, spec) = (entry.Document, entry.Spec);
        var isDns = entry.Resolution.StartsWith("DNS", StringComparison.Ordinal);
        if (isDns && spec.Endpoints.IsEmpty && spec.WorkloadSelector is null)
        {
            // Each host is its own endpoint.
            foreach (var service in entry.Services)
            {
                var self = new WorkloadEntrySpec { Address = service.Hostname };
                Add(document, "spec.hosts", self, entry.Bind(self.Ports).Where(b => b.Service == service.Key), service.Hostname);
            }

            return;
        }

        if (entry.Resolution == "STATIC" && spec.Endpoints.IsEmpty && spec.WorkloadSelector is null)
        {
            entries.Findings.Add(document.Report(
                FindingLevel.Warning, FindingCodes.NoEffect, "spec.endpoints", "are missing: every connection to the hosts is refused; give endpoints or a workloadSelector, or use another resolution"));
        }

        foreach (var (i, endpoint) in spec.Endpoints.Index())
        {
            Add(document, $"spec.endpoints[{i}]", endpoint, entry.Bind(endpoint.Ports), $"{endpoint.Address}#{i}");
        }
    }

    private void Add(ManifestDocument document, string field, WorkloadEntrySpec endpoint, IEnumerable<ServiceBinding> bindings, string name)
    {
        if (IPAddress.TryParse(endpoint.Address, out var address) && _pods.TryGetValue(address, out var pod))
        {
            var known = workloads[pod];
            workloads[pod] = known with { Services = [.. known.Services, .. bindings.Where(b => known.Services.All(s => s.Service != b.Service))] };
            return;
        }

        var uid = $"{settings.ClusterId}/networking.istio.io/ServiceEntry/{document.Namespace}/{document.Name}/{name}";
        if (Make(document, field, endpoint, endpoint.Labels, uid, document.Name) is { } workload)
        {
            workloads[uid] = workload with { Services = [.. bindings] };
        }
    }

    private Workload? Make(ManifestDocument document, string field, WorkloadEntrySpec entry, ImmutableDictionary<string, string> labels, string uid, string name)
    {
        var address = entry.Address ?? "";
        if (address.Length == 0 || address.StartsWith("unix:", StringComparison.Ordinal))
        {
            entries.Findings.Add(document.Report(
                FindingLevel.Warning, FindingCodes.NotServed, $"{field}.address",
                address.Length == 0 ? "is missing, and gateways of networks are not served: nothing is sent to this endpoint" : "Unix sockets are not served: nothing is sent to this endpoint; use an address"));
            return null;
        }

        var isAddress = IPAddress.TryParse(address, out var parsed);
        var place = (entry.Locality ?? "").Split('/');
        return new Workload
        {
            Uid = uid,
            Name = name,
            Namespace = document.Namespace,
            Addresses = isAddress ? [parsed!] : [],
            Hostname = isAddress ? "" : address.TrimEnd('.').ToLowerInvariant(),
            Network = entry.Network ?? "",
            TrustDomain = settings.TrustDomain,
            ServiceAccount = entry.ServiceAccount is { Length: > 0 } account ? account : "default",
            TunnelProtocol = isAddress && labels.GetValueOrDefault(TunnelLabel) == "http" ? TunnelProtocol.Hbone : TunnelProtocol.None,
            Health = WorkloadHealth.Healthy,
            CanonicalName = First(labels, name, "service.istio.io/canonical-name", "app.kubernetes.io/name", "app"),
            CanonicalRevision = First(labels, "latest", "service.istio.io/canonical-revision", "app.kubernetes.io/version", "version"),
            WorkloadName = name,
            WorkloadType = WorkloadType.Pod,
            ClusterId = settings.ClusterId,
            Locality = place[0].Length == 0 ? Locality.Unknown : new Locality(place[0], place.ElementAtOrDefault(1) ?? "", place.ElementAtOrDefault(2) ?? ""),
            Labels = select(labels),
            Capacity = (uint)Math.Max(1, entry.Weight ?? 1),
        };
    }

    private static string First(ImmutableDictionary<string, string> labels, string otherwise, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (labels.TryGetValue(name, out var value) && value.Length > 0)
            {
                return value;
            }
        }

        return otherwise;
    }
}
