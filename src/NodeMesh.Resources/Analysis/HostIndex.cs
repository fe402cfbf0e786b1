using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Kinds.Istio;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;

namespace NodeMesh.Resources.Analysis;

/// <summary>The services of a mesh by host.</summary>
internal sealed class HostIndex
{
    private const string ExportToAnnotation = "networking.istio.io/exportTo";

    private readonly string _domain;
    private readonly ILookup<string, HostEntry> _byHost;
    private readonly ImmutableArray<HostEntry> _wildcards;

    /// <summary>Collects them.</summary>
    /// <param name="catalog">The resources.</param>
    /// <param name="clusterDomain">The DNS suffix of services.</param>
    public HostIndex(ResourceCatalog catalog, string clusterDomain)
    {
        _domain = clusterDomain;
        var entries = catalog.Of(ResourceKinds.Service).Select(OfService)
            .Concat(catalog.Of(ResourceKinds.ServiceEntry).SelectMany(OfServiceEntry)).ToImmutableArray();
        _byHost = entries.ToLookup(e => e.Host, StringComparer.OrdinalIgnoreCase);
        _wildcards = [.. entries.Where(e => e.Host.StartsWith('*')).OrderByDescending(e => e.Host.Length)];
    }

    /// <summary>The qualified name of a host: a short name is one of its own namespace.</summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="host">The host.</param>
    /// <returns>The name.</returns>
    public string Qualify(string ns, string host) =>
        host.StartsWith('*') || host.Contains('.', StringComparison.Ordinal) ? host : $"{host}.{ns}.svc.{_domain}";

    /// <summary>The qualified name of a Service.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The name.</returns>
    public string OfService(string ns, string name) => $"{name}.{ns}.svc.{_domain}";

    /// <summary>Finds the service of a host.</summary>
    /// <param name="ns">The namespace that names it.</param>
    /// <param name="exportTo">Namespaces for which it is named; empty for all.</param>
    /// <param name="host">The host.</param>
    /// <returns>The service; null when there is none that the namespace sees.</returns>
    public HostEntry? Find(string ns, ImmutableArray<string> exportTo, string host)
    {
        var name = Qualify(ns, host);
        var namespaces = exportTo.IsEmpty ? [ns] : exportTo.Select(e => e == "." ? ns : e).ToImmutableArray();
        var exact = _byHost[name].Where(e => e.VisibleIn.IsEmpty).Concat(_byHost[name].Where(e => namespaces.Any(e.IsVisibleIn))).FirstOrDefault();
        return exact ?? _wildcards.FirstOrDefault(e => e.IsVisibleIn(ns) && name.TrimStart('*').EndsWith(e.Host[1..], StringComparison.OrdinalIgnoreCase));
    }

    private HostEntry OfService(ManifestDocument document)
    {
        var spec = ((ServiceResource)document.Resource!).Spec;
        var exported = document.Annotations.GetValueOrDefault(ExportToAnnotation, "");
        var visible = exported.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return new HostEntry(
            OfService(document.Namespace, document.Name), document, Visible(document.Namespace, visible), [.. spec.Ports.Select(p => p.Port)],
            spec.Selector.IsEmpty ? null : spec.Selector);
    }

    private static IEnumerable<HostEntry> OfServiceEntry(ManifestDocument document)
    {
        var spec = ((ServiceEntryResource)document.Resource!).Spec;
        return spec.Hosts.Select(host => new HostEntry(
            host, document, Visible(document.Namespace, spec.ExportTo), [.. spec.Ports.Select(p => p.Number)], spec.WorkloadSelector?.Labels));
    }

    private static ImmutableHashSet<string> Visible(string ns, IReadOnlyCollection<string> exportTo) =>
        exportTo.Count == 0 || exportTo.Contains("*") ? [] : [.. exportTo.Select(e => e == "." ? ns : e)];
}
