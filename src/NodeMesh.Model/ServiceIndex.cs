using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>The services of a model by key, by virtual address and by host name; persistent.</summary>
internal sealed class ServiceIndex
{
    private readonly ImmutableDictionary<IPAddress, ImmutableArray<Service>> _byAddress;
    private readonly ImmutableDictionary<string, ImmutableArray<Service>> _byHostname;

    private ServiceIndex(
        ImmutableDictionary<NamespacedName, Service> byKey,
        ImmutableDictionary<IPAddress, ImmutableArray<Service>> byAddress,
        ImmutableDictionary<string, ImmutableArray<Service>> byHostname)
    {
        ByKey = byKey;
        _byAddress = byAddress;
        _byHostname = byHostname;
    }

    public static ServiceIndex Empty { get; } = new(
        ImmutableDictionary<NamespacedName, Service>.Empty,
        ImmutableDictionary<IPAddress, ImmutableArray<Service>>.Empty,
        ImmutableDictionary.Create<string, ImmutableArray<Service>>(StringComparer.Ordinal));

    public ImmutableDictionary<NamespacedName, Service> ByKey { get; }

    public ImmutableArray<Service> Find(IPAddress address) => _byAddress.TryGetValue(address, out var found) ? found : [];

    public ImmutableArray<Service> Find(string hostname) => _byHostname.TryGetValue(hostname, out var found) ? found : [];

    public ServiceIndex Apply(ImmutableArray<Service> upserts, ImmutableArray<NamespacedName> removed)
    {
        if (upserts.IsEmpty && removed.IsEmpty)
        {
            return this;
        }

        var byKey = ByKey.ToBuilder();
        var byAddress = _byAddress.ToBuilder();
        var byHostname = _byHostname.ToBuilder();
        foreach (var key in removed.Concat(upserts.Select(s => s.Key)))
        {
            if (!byKey.Remove(key, out var old))
            {
                continue;
            }

            foreach (var address in old.Addresses.Select(MeshModel.Unmap).Distinct())
            {
                Remove(byAddress, address, key);
            }

            Remove(byHostname, old.Hostname, key);
        }

        foreach (var service in upserts)
        {
            byKey[service.Key] = service;
            foreach (var address in service.Addresses.Select(MeshModel.Unmap).Distinct())
            {
                Add(byAddress, address, service);
            }

            Add(byHostname, service.Hostname, service);
        }

        return new ServiceIndex(byKey.ToImmutable(), byAddress.ToImmutable(), byHostname.ToImmutable());
    }

    private static void Add<TKey>(ImmutableDictionary<TKey, ImmutableArray<Service>>.Builder index, TKey key, Service service)
        where TKey : notnull
    {
        var others = index.TryGetValue(key, out var found) ? found.RemoveAll(s => s.Key == service.Key) : [];
        var at = others.Count(s => string.CompareOrdinal(s.Key.ToString(), service.Key.ToString()) < 0);
        index[key] = others.Insert(at, service);
    }

    private static void Remove<TKey>(ImmutableDictionary<TKey, ImmutableArray<Service>>.Builder index, TKey key, NamespacedName service)
        where TKey : notnull
    {
        if (!index.TryGetValue(key, out var found))
        {
            return;
        }

        var rest = found.RemoveAll(s => s.Key == service);
        if (rest.IsEmpty)
        {
            index.Remove(key);
        }
        else
        {
            index[key] = rest;
        }
    }
}
