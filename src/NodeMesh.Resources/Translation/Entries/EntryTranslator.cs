using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation.Entries;

/// <summary>Translates ServiceEntries to services, one for each host.</summary>
internal sealed class EntryTranslator
{
    /// <summary>Label of a ServiceEntry: false for no address of the mesh's own.</summary>
    public const string AutoAllocateLabel = "networking.istio.io/enable-autoallocate-ip";

    private readonly HashSet<NamespacedName> _taken;
    private readonly VirtualAddresses _addresses = new();
    private readonly bool _hasIpv6;
    private readonly List<EntryService> _entries = [];
    private readonly ILookup<string, EntryService> _bySelectorNamespace;

    /// <summary>Translates.</summary>
    /// <param name="documents">The ServiceEntries.</param>
    /// <param name="services">The services of Kubernetes.</param>
    /// <param name="hasIpv6">True where there is IPv6 in the mesh.</param>
    public EntryTranslator(IReadOnlyList<ManifestDocument> documents, IEnumerable<Service> services, bool hasIpv6)
    {
        _taken = [.. services.Select(s => s.Key)];
        _hasIpv6 = hasIpv6;

        // The older of two that want the same host, or the same address, has it.
        var ordered = documents.OrderBy(d => d.Resource!.Metadata.CreationTimestamp ?? DateTimeOffset.MaxValue).ThenBy(d => d.Key.ToString(), StringComparer.Ordinal).ToList();
        foreach (var address in ordered.SelectMany(d => ((ServiceEntryResource)d.Resource!).Spec.Addresses))
        {
            if (IPAddress.TryParse(address, out var parsed))
            {
                _addresses.Reserve(parsed);
            }
        }

        _entries.AddRange(ordered.Select(Translate));
        _bySelectorNamespace = _entries.Where(e => e.Spec.WorkloadSelector is not null && e.Resolution != "NONE").ToLookup(e => e.Document.Namespace, StringComparer.Ordinal);
    }

    /// <summary>What has no effect.</summary>
    public List<Finding> Findings { get; } = [];

    /// <summary>The entries, the oldest first.</summary>
    public IReadOnlyList<EntryService> Entries => _entries;

    /// <summary>All services.</summary>
    public IEnumerable<Service> Services => _entries.SelectMany(e => e.Services);

    /// <summary>Says whether connections of a port are the mesh's.</summary>
    /// <param name="port">The port.</param>
    /// <returns>False for UDP.</returns>
    public static bool IsTcp(ServiceEntryPort port) => !string.Equals(port.Protocol, "UDP", StringComparison.OrdinalIgnoreCase);

    /// <summary>The entries whose selector matches a workload.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="labels">Its labels.</param>
    /// <returns>The entries.</returns>
    public IEnumerable<EntryService> Selecting(string ns, ImmutableDictionary<string, string> labels) =>
        _bySelectorNamespace[ns].Where(e => !e.Spec.WorkloadSelector!.Labels.IsEmpty && Labels.Match(e.Spec.WorkloadSelector.Labels, labels));

    private EntryService Translate(ManifestDocument document)
    {
        var spec = ((ServiceEntryResource)document.Resource!).Spec;
        var resolution = spec.Resolution ?? "NONE";
        foreach (var (i, port) in spec.Ports.Index().Where(p => !IsTcp(p.Item)))
        {
            Findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NoEffect, $"spec.ports[{i}]", $"port {port.Number} has no effect: UDP does not go through the mesh"));
        }

        if (resolution == "DYNAMIC_DNS")
        {
            Findings.Add(document.Report(FindingLevel.Warning, FindingCodes.NotServed, "spec.resolution", "DYNAMIC_DNS is not served: the entry has no effect; name the hosts and use DNS"));
            return new EntryService(document, spec, []);
        }

        var services = ImmutableArray.CreateBuilder<Service>();
        foreach (var (i, written) in spec.Hosts.Index())
        {
            var host = written.TrimEnd('.').ToLowerInvariant();
            var key = new NamespacedName(document.Namespace, host);
            if (!_taken.Add(key))
            {
                Findings.Add(document.Report(
                    FindingLevel.Warning, FindingCodes.Overridden, $"spec.hosts[{i}]",
                    $"has no effect: an older ServiceEntry or a Service of namespace {document.Namespace} has the host {host}; write all ports and endpoints of a host into one resource"));
                continue;
            }

            services.Add(TranslateHost(document, spec, key));
        }

        return new EntryService(document, spec, services.ToImmutable());
    }

    private Service TranslateHost(ManifestDocument document, ServiceEntrySpec spec, NamespacedName key)
    {
        var blocks = spec.Addresses.Select(text => IpBlocks.TryParse(text, out var block) ? block : (IPNetwork?)null).OfType<IPNetwork>().ToList();
        var addresses = blocks.Where(IsSingle).Select(b => b.BaseAddress).Distinct().ToImmutableArray();
        var passthrough = (spec.Resolution ?? "NONE") == "NONE";
        var wantsAddress = blocks.Count == 0 && !passthrough && !string.Equals(document.Labels.GetValueOrDefault(AutoAllocateLabel), "false", StringComparison.OrdinalIgnoreCase);
        return new Service
        {
            Name = document.Name,
            Namespace = document.Namespace,
            Hostname = key.Name,
            Addresses = wantsAddress ? [.. _addresses.Assign(key, _hasIpv6)] : addresses,
            Networks = [.. blocks.Where(b => !IsSingle(b)).Distinct()],
            Ports = [.. spec.Ports.Where(IsTcp).Select(p => new ServicePort(p.Number, p.TargetPort ?? p.Number, AppProtocols.Of(p.Protocol, p.Name), p.Name))],
            SubjectAltNames = spec.SubjectAltNames,
            LoadBalancing = passthrough ? new LoadBalancing { Mode = LoadBalancingMode.Passthrough } : LoadBalancing.Default,
            Canonical = false,
            VisibleIn = ExportTo.Of(spec.ExportTo, document.Namespace),
        };
    }

    private static bool IsSingle(IPNetwork network) => network.PrefixLength == network.BaseAddress.GetAddressBytes().Length * 8;
}
