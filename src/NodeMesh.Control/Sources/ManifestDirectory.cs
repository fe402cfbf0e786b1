using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Sources;

/// <summary>The manifests of some directories and files, read again only where they changed. Used by one thread at a time.</summary>
internal sealed class ManifestDirectory(ImmutableArray<string> roots)
{
    private readonly SortedDictionary<string, ManifestFile> _files = new(StringComparer.Ordinal);

    /// <summary>What is wrong with the files.</summary>
    public IEnumerable<Finding> Findings => _files.Values.SelectMany(f => f.Findings);

    /// <summary>Number of files.</summary>
    public int FileCount => _files.Count;

    /// <summary>Reads every file that changed since it was last read, and forgets those that are gone.</summary>
    /// <returns>True when anything changed.</returns>
    public bool ScanAll()
    {
        var present = new HashSet<string>(StringComparer.Ordinal);
        var changed = false;
        foreach (var root in roots)
        {
            var files = Directory.Exists(root) ? ManifestReader.FindFiles(root) : File.Exists(root) ? [root] : [];
            foreach (var file in files)
            {
                present.Add(file);
                changed |= Scan(file);
            }
        }

        foreach (var gone in _files.Keys.Where(f => !present.Contains(f)).ToList())
        {
            changed |= _files.Remove(gone);
        }

        return changed;
    }

    /// <summary>Reads one file if it changed, or forgets it if it is gone.</summary>
    /// <param name="path">The file.</param>
    /// <returns>True when anything changed.</returns>
    public bool Scan(string path)
    {
        var info = new FileInfo(path);
        if (!info.Exists)
        {
            return _files.Remove(path);
        }

        var known = _files.GetValueOrDefault(path);
        if (known is not null && known.Modified == info.LastWriteTimeUtc && known.Length == info.Length)
        {
            return false;
        }

        var set = ManifestReader.ReadFile(path);
        if (!File.Exists(path))
        {
            return _files.Remove(path);
        }

        _files[path] = ManifestFile.Merge(set, info.LastWriteTimeUtc, info.Length, known, () => ManifestReader.ReadFile(path, ManifestOptions.Default with { KeepPartial = true }));
        return true;
    }

    /// <summary>
    /// All documents, each resource once. Where several files have the same one, a pod with an address wins (a node's report on a pod that somebody applied),
    /// then the last file in the order of paths.
    /// </summary>
    /// <param name="duplicates">Takes a warning for each resource that another file hides.</param>
    /// <returns>The documents.</returns>
    public IReadOnlyCollection<ManifestDocument> Documents(List<Finding> duplicates)
    {
        var byKey = new Dictionary<(ResourceKind, string, string), ManifestDocument>();
        foreach (var document in _files.Values.SelectMany(f => f.Documents))
        {
            var key = (document.Kind, document.Namespace, document.Name);
            if (byKey.TryGetValue(key, out var other))
            {
                var (winner, loser) = IsReport(other) && !IsReport(document) ? (other, document) : (document, other);
                byKey[key] = winner;
                if (document.Kind != ResourceKinds.Pod && document.Kind != ResourceKinds.Node)
                {
                    duplicates.Add(loser.Report(FindingLevel.Warning, FindingCodes.Duplicate, "", $"has no effect: {winner.File} has the same resource; remove one of them"));
                }
            }
            else
            {
                byKey.Add(key, document);
            }
        }

        return byKey.Values;
    }

    private static bool IsReport(ManifestDocument document) => document.Resource is PodResource { Status: { } status } && (status.PodIP is not null || !status.PodIPs.IsEmpty);
}
