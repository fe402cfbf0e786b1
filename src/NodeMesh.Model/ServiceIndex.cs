using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>The services of a model by key, by virtual address and by host name; persistent.</summary>
internal sealed class ServiceIndex
{
    private readonly SharedIndex<IPAddress, Service> _byAddress;
    private readonly SharedIndex<string, Service> _byHostname;
    private readonly SharedIndex<int, Service> _namedOnly;
    private readonly ImmutableDictionary<int, int> _requestPorts;
    private readonly ImmutableArray<(IPNetwork Network, Service Service)> _networks;

    private ServiceIndex(
        ImmutableDictionary<NamespacedName, Service> byKey,
        SharedIndex<IPAddress, Service> byAddress,
        SharedIndex<string, Service> byHostname,
        SharedIndex<int, Service> namedOnly,
        ImmutableDictionary<int, int> requestPorts,
        ImmutableArray<(IPNetwork Network, Service Service)> networks)
    {
        ByKey = byKey;
        _byAddress = byAddress;
        _byHostname = byHostname;
        _namedOnly = namedOnly;
        _requestPorts = requestPorts;

        _networks = networks;
    }

    public static ServiceIndex Empty { get; } = new(
        ImmutableDictionary<NamespacedName, Service>.Empty,
        SharedIndex<IPAddress, Service>.Empty(s => s.Key),
        SharedIndex<string, Service>.Empty(s => s.Key, StringComparer.Ordinal),
        SharedIndex<int, Service>.Empty(s => s.Key),
        ImmutableDictionary<int, int>.Empty,
        []);

    public ImmutableDictionary<NamespacedName, Service> ByKey { get; }

    public ImmutableArray<Service> Find(IPAddress address)
    {
        var exact = _byAddress.Find(address);
        return exact.IsEmpty && !_networks.IsEmpty ? FindNetwork(address) : exact;
    }

    public ImmutableArray<Service> Find(string hostname) => _byHostname.Find(hostname);

    /// <summary>The services of the longest pattern that a host matches.</summary>
    public ImmutableArray<Service> FindPattern(string host)
    {
        for (var at = host.IndexOf('.', StringComparison.Ordinal); at >= 0; at = host.IndexOf('.', at + 1))
        {
            if (_byHostname.Find($"*{host[at..]}") is { IsEmpty: false } found)
            {
                return found;
            }
        }

        return [];
    }

    /// <summary>The services that no address means, and that have a port.</summary>
    public ImmutableArray<Service> NamedOnly(int port) => _namedOnly.Find(port);

    /// <summary>Whether some service says that a port carries requests.</summary>
    public bool IsRequestPort(int port) => _requestPorts.ContainsKey(port);

    public ServiceIndex Apply(ImmutableArray<Service> upserts, ImmutableArray<NamespacedName> removed)
    {
        if (upserts.IsEmpty && removed.IsEmpty)
        {
            return this;
        }

        var byKey = ByKey.ToBuilder();
        var (byAddress, byHostname, namedOnly) = (_byAddress.Edit(), _byHostname.Edit(), _namedOnly.Edit());
        var requestPorts = _requestPorts.ToBuilder();
        var hasNetworks = upserts.Any(s => !s.Networks.IsEmpty);
        foreach (var key in removed.Concat(upserts.Select(s => s.Key)))
        {
            if (!byKey.Remove(key, out var old))
            {
                continue;
            }

            hasNetworks |= !old.Networks.IsEmpty;
            foreach (var address in AddressesOf(old))
            {
                byAddress.Remove(address, key);
            }

            byHostname.Remove(old.Hostname, key);
            foreach (var port in old.Ports)
            {
                namedOnly.Remove(port.Port, key);
            }

            Count(requestPorts, old, -1);
        }

        foreach (var service in upserts)
        {
            byKey[service.Key] = service;
            foreach (var address in AddressesOf(service))
            {
                byAddress.Add(address, service);
            }

            byHostname.Add(service.Hostname, service);
            foreach (var port in service.IsNamedOnly ? service.Ports : [])
            {
                namedOnly.Add(port.Port, service);
            }

            Count(requestPorts, service, 1);
        }

        return new ServiceIndex(
            byKey.ToImmutable(), byAddress.ToIndex(), byHostname.ToIndex(), namedOnly.ToIndex(), requestPorts.ToImmutable(), hasNetworks ? NetworksOf(byKey.Values) : _networks);
    }

    // The smallest network that holds an address decides.
    private static ImmutableArray<(IPNetwork Network, Service Service)> NetworksOf(IEnumerable<Service> services) =>
    [
        .. services.SelectMany(s => s.Networks.Select(n => (Network: n, Service: s)))
            .OrderByDescending(n => n.Network.PrefixLength)
            .ThenBy(n => n.Service.Key.ToString(), StringComparer.Ordinal),
    ];

    private static IEnumerable<IPAddress> AddressesOf(Service service) => service.Addresses.Select(MeshModel.Unmap).Distinct();

    private static void Count(ImmutableDictionary<int, int>.Builder ports, Service service, int change)
    {
        foreach (var port in service.Ports.Where(p => p.Protocol is AppProtocol.Http11 or AppProtocol.Http2 or AppProtocol.Grpc).Select(p => p.Port))
        {
            var count = ports.GetValueOrDefault(port) + change;
            if (count == 0)
            {
                ports.Remove(port);
            }
            else
            {
                ports[port] = count;
            }
        }
    }

    private ImmutableArray<Service> FindNetwork(IPAddress address)
    {
        var at = 0;
        while (at < _networks.Length && !_networks[at].Network.Contains(address))
        {
            at++;
        }

        if (at == _networks.Length)
        {
            return [];
        }

        var first = _networks[at].Network;
        return [.. _networks.Skip(at).Where(n => n.Network == first).Select(n => n.Service)];
    }
}
