using System.Collections.Immutable;
using System.Net;
using NodeMesh.Model;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Translation;

/// <summary>
/// What the last translation made of each pod. A pod that is the same document, with the same addresses, is not translated again as long as nothing else has changed: on a cluster most
/// changes are of single pods. Any change of another resource, or of what the pods together say about the mesh, makes all of it void. Used by one thread at a time.
/// </summary>
public sealed class PodMemory
{
    private MeshSettings? _settings;
    private List<ManifestDocument> _others = [];
    private ImmutableHashSet<string> _labels = [];
    private bool _hasIpv6;
    private Dictionary<ManifestDocument, Entry> _last = New();
    private Dictionary<ManifestDocument, Entry> _next = New();

    /// <summary>Begins a translation.</summary>
    /// <param name="settings">The mesh.</param>
    /// <param name="documents">All documents.</param>
    /// <param name="labels">Those labels of workloads that routes and policies ask for.</param>
    /// <param name="hasIpv6">True where a pod or node has an address of IPv6, which services may get then.</param>
    internal void Begin(MeshSettings settings, IEnumerable<ManifestDocument> documents, ImmutableHashSet<string> labels, bool hasIpv6)
    {
        // By reference: who reads documents keeps those that did not change. Another object that says the same costs a translation, never a wrong one.
        List<ManifestDocument> others = [.. documents.Where(d => d.Kind != ResourceKinds.Pod)];
        var same = ReferenceEquals(settings, _settings) && hasIpv6 == _hasIpv6 && labels.SetEquals(_labels) && others.SequenceEqual(_others, ReferenceEqualityComparer.Instance);
        if (!same)
        {
            _last = New();
        }

        (_settings, _others, _labels, _hasIpv6) = (settings, others, labels, hasIpv6);
        _next = New();
    }

    /// <summary>Finds a pod.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="addresses">The addresses that are its own now.</param>
    /// <returns>What was made of it; null when it has to be translated.</returns>
    internal Entry? Find(ManifestDocument pod, ImmutableArray<IPAddress> addresses) =>
        _last.TryGetValue(pod, out var entry) && entry.Addresses.AsSpan().SequenceEqual(addresses.AsSpan()) ? entry : null;

    /// <summary>Keeps what was made of a pod, now or before.</summary>
    /// <param name="entry">The pod.</param>
    internal void Keep(Entry entry) => _next[entry.Pod.Document] = entry;

    /// <summary>Ends a translation. One that fails does not come to here, and the next one begins with what was known before it.</summary>
    internal void End() => _last = _next;

    private static Dictionary<ManifestDocument, Entry> New() => new(ReferenceEqualityComparer.Instance);

    /// <summary>What was made of a pod.</summary>
    /// <param name="Pod">The pod with what was found out about it.</param>
    /// <param name="Addresses">The addresses that were its own.</param>
    /// <param name="Workload">The workload; null for a pod without an address.</param>
    internal sealed record Entry(TranslatedPod Pod, ImmutableArray<IPAddress> Addresses, Workload? Workload);
}
