using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace NodeMesh.Model;

/// <summary>The workloads of one service, persistent. Their array is made once for each state, so that who holds one sees by reference whether anything changed.</summary>
internal sealed class ServiceMembers
{
    private readonly ImmutableSortedDictionary<string, Workload> _byUid;
    private Workload[]? _all;

    private ServiceMembers(ImmutableSortedDictionary<string, Workload> byUid) => _byUid = byUid;

    public static ServiceMembers Empty { get; } = new(ImmutableSortedDictionary.Create<string, Workload>(StringComparer.Ordinal));

    public bool IsEmpty => _byUid.IsEmpty;

    /// <summary>All of them, by UID; the same array every time.</summary>
    public ImmutableArray<Workload> All
    {
        get
        {
            if (Volatile.Read(ref _all) is not { } all)
            {
                // Two may make it at once; the first stays.
                Workload[] made = [.. _byUid.Values];
                all = Interlocked.CompareExchange(ref _all, made, null) ?? made;
            }

            return ImmutableCollectionsMarshal.AsImmutableArray(all);
        }
    }

    public ServiceMembers With(Workload workload) => new(_byUid.SetItem(workload.Uid, workload));

    public ServiceMembers Without(string uid) => _byUid.ContainsKey(uid) ? new(_byUid.Remove(uid)) : this;
}
