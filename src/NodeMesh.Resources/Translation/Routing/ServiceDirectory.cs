using NodeMesh.Model;

namespace NodeMesh.Resources.Translation.Routing;

/// <summary>The services that routes may name, by name and by host.</summary>
internal sealed class ServiceDirectory
{
    private readonly Dictionary<NamespacedName, Service> _byName;
    private readonly ILookup<string, Service> _byHost;
    private readonly string _domain;

    /// <summary>Sorts services.</summary>
    /// <param name="services">All services of the mesh.</param>
    /// <param name="clusterDomain">The DNS suffix of services.</param>
    public ServiceDirectory(IEnumerable<Service> services, string clusterDomain)
    {
        All = [.. services.OrderBy(s => s.Key.ToString(), StringComparer.Ordinal)];
        _byName = All.Where(s => s.Canonical).ToDictionary(s => new NamespacedName(s.Namespace, s.Name));
        _byHost = All.ToLookup(s => s.Hostname, StringComparer.OrdinalIgnoreCase);
        _domain = clusterDomain;
    }

    /// <summary>All services, by key.</summary>
    public IReadOnlyList<Service> All { get; }

    /// <summary>Finds a Kubernetes Service.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The service; null when there is none.</returns>
    public Service? Find(string ns, string name) => _byName.GetValueOrDefault(new NamespacedName(ns, name));

    /// <summary>Finds the service of a host as a namespace sees it: its own first, then a Kubernetes Service, then any other.</summary>
    /// <param name="host">The qualified host.</param>
    /// <param name="ns">The namespace.</param>
    /// <returns>The service; null when there is none.</returns>
    public Service? FindHost(string host, string ns) =>
        _byHost[host].Where(s => s.IsVisibleIn(ns)).OrderByDescending(s => s.Namespace == ns).ThenByDescending(s => s.Canonical).FirstOrDefault();

    /// <summary>The key of a Kubernetes Service, whether there is one or not.</summary>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <returns>The key.</returns>
    public NamespacedName KeyOf(string ns, string name) => new(ns, $"{name}.{ns}.svc.{_domain}");

    /// <summary>The qualified name of a host as Istio's kinds write it: without a dot it is a Service of the resource's own namespace.</summary>
    /// <param name="ns">The resource's namespace.</param>
    /// <param name="host">The host.</param>
    /// <returns>The name in lower case.</returns>
    public string Qualify(string ns, string host) =>
        (host.StartsWith('*') || host.Contains('.', StringComparison.Ordinal) ? host.TrimEnd('.') : $"{host}.{ns}.svc.{_domain}").ToLowerInvariant();
}
