using System.Collections.Immutable;
using System.Net;

namespace NodeMesh.Model;

/// <summary>The workloads of a model by UID, by address and by service; persistent.</summary>
internal sealed class WorkloadIndex
{
    private readonly ImmutableDictionary<IPAddress, ImmutableArray<Workload>> _byAddress;
    private readonly ImmutableDictionary<NamespacedName, ServiceMembers> _byService;

    private WorkloadIndex(
        ImmutableDictionary<string, Workload> byUid,
        ImmutableDictionary<IPAddress, ImmutableArray<Workload>> byAddress,
        ImmutableDictionary<NamespacedName, ServiceMembers> byService)
    {
        ByUid = byUid;
        _byAddress = byAddress;
        _byService = byService;
    }

    public static WorkloadIndex Empty { get; } = new(
        ImmutableDictionary.Create<string, Workload>(StringComparer.Ordinal),
        ImmutableDictionary<IPAddress, ImmutableArray<Workload>>.Empty,
        ImmutableDictionary<NamespacedName, ServiceMembers>.Empty);

    public ImmutableDictionary<string, Workload> ByUid { get; }

    public Workload? Find(IPAddress address) => _byAddress.TryGetValue(address, out var found) ? found[^1] : null;

    public Workload? Find(IPAddress address, Func<Workload, bool> condition) =>
        _byAddress.TryGetValue(address, out var found) ? found.LastOrDefault(condition) : null;

    public ImmutableArray<Workload> Of(NamespacedName service) =>
        _byService.TryGetValue(service, out var found) ? found.All : [];

    public WorkloadIndex Apply(ImmutableArray<Workload> upserts, ImmutableArray<string> removed)
    {
        if (upserts.IsEmpty && removed.IsEmpty)
        {
            return this;
        }

        var byUid = ByUid.ToBuilder();
        var byAddress = _byAddress.ToBuilder();
        var byService = _byService.ToBuilder();
        foreach (var uid in removed)
        {
            Remove(uid, byUid, byAddress, byService);
        }

        foreach (var workload in upserts)
        {
            Remove(workload.Uid, byUid, byAddress, byService);
            Add(workload, byUid, byAddress, byService);
        }

        return new WorkloadIndex(byUid.ToImmutable(), byAddress.ToImmutable(), byService.ToImmutable());
    }

    private static void Add(
        Workload workload,
        ImmutableDictionary<string, Workload>.Builder byUid,
        ImmutableDictionary<IPAddress, ImmutableArray<Workload>>.Builder byAddress,
        ImmutableDictionary<NamespacedName, ServiceMembers>.Builder byService)
    {
        byUid[workload.Uid] = workload;
        foreach (var address in AddressesOf(workload))
        {
            byAddress[address] = byAddress.TryGetValue(address, out var others) ? others.Add(workload) : [workload];
        }

        foreach (var binding in workload.Services)
        {
            byService[binding.Service] = (byService.GetValueOrDefault(binding.Service) ?? ServiceMembers.Empty).With(workload);
        }
    }

    private static void Remove(
        string uid,
        ImmutableDictionary<string, Workload>.Builder byUid,
        ImmutableDictionary<IPAddress, ImmutableArray<Workload>>.Builder byAddress,
        ImmutableDictionary<NamespacedName, ServiceMembers>.Builder byService)
    {
        if (!byUid.Remove(uid, out var old))
        {
            return;
        }

        foreach (var address in AddressesOf(old))
        {
            var rest = byAddress[address].RemoveAll(w => w.Uid == uid);
            if (rest.IsEmpty)
            {
                byAddress.Remove(address);
            }
            else
            {
                byAddress[address] = rest;
            }
        }

        foreach (var binding in old.Services)
        {
            if (!byService.TryGetValue(binding.Service, out var members))
            {
                continue;
            }

            members = members.Without(uid);
            if (members.IsEmpty)
            {
                byService.Remove(binding.Service);
            }
            else
            {
                byService[binding.Service] = members;
            }
        }
    }

    private static IEnumerable<IPAddress> AddressesOf(Workload workload) =>
        workload.NetworkMode == NetworkMode.HostNetwork ? [] : workload.Addresses.Select(MeshModel.Unmap).Distinct();
}
