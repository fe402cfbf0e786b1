using NodeMesh.Kubernetes.Informers;
using NodeMesh.Kubernetes.Models;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>The documents of one kind. An object that is broken now keeps its last good document. Used by one thread at a time.</summary>
internal sealed class ClusterDocuments(ClusterKind kind)
{
    private Dictionary<ObjectKey, Entry> _entries = [];

    /// <summary>The documents.</summary>
    public IEnumerable<ManifestDocument> Documents => _entries.Values.Select(e => e.Document).OfType<ManifestDocument>();

    /// <summary>What is wrong with the objects.</summary>
    public IEnumerable<Finding> Findings => _entries.Values.SelectMany(e => e.Findings);

    /// <summary>Takes the objects of now; those that are the same objects as last time cost a lookup.</summary>
    /// <param name="objects">All objects.</param>
    /// <returns>True when a document or finding changed.</returns>
    public bool Refresh(IReadOnlyCollection<KubernetesObject> objects)
    {
        var changed = false;
        var next = new Dictionary<ObjectKey, Entry>(objects.Count);
        foreach (var item in objects)
        {
            var key = ObjectKey.Of(item);
            var entry = _entries.GetValueOrDefault(key);
            if (entry is null || !ReferenceEquals(entry.Object, item))
            {
                entry = Read(item, entry, ref changed);
            }

            next[key] = entry;
        }

        changed |= _entries.Keys.Any(k => !next.ContainsKey(k));
        _entries = next;
        return changed;
    }

    private Entry Read(KubernetesObject item, Entry? previous, ref bool changed)
    {
        var findings = new List<Finding>();
        var document = ObjectProjection.Read(kind, item, findings);

        // Another object of the same name has nothing to do with this one, and what stands in for a broken one is no good version of it.
        var before = previous?.Object.Metadata.Uid == item.Metadata.Uid && previous?.Document is { Instead: null } good ? good : null;
        if (document is null && before is null)
        {
            document = ObjectProjection.ReadClosed(kind, item, findings);
        }

        if (before is not null && (document is null || document.Root.DeepEquals(before.Root)))
        {
            document = before;
        }

        changed |= !ReferenceEquals(document, previous?.Document) || !findings.SequenceEqual(previous?.Findings ?? []);
        return new Entry(item, document, findings);
    }

    private sealed record Entry(KubernetesObject Object, ManifestDocument? Document, IReadOnlyList<Finding> Findings);
}
