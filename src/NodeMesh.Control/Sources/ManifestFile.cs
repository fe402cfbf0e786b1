using System.Collections.Immutable;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Sources;

/// <summary>What is known of one manifest file.</summary>
/// <param name="Modified">Its time of modification when it was read.</param>
/// <param name="Length">Its length when it was read, in bytes.</param>
/// <param name="Documents">Its good documents, and the last good version of those that are broken now.</param>
/// <param name="Findings">What is wrong with it.</param>
internal sealed record ManifestFile(DateTime Modified, long Length, ImmutableArray<ManifestDocument> Documents, ImmutableArray<Finding> Findings)
{
    /// <summary>Takes a new reading over: what is broken now stays as it was.</summary>
    /// <param name="set">The new reading.</param>
    /// <param name="modified">Time of modification.</param>
    /// <param name="length">Length in bytes.</param>
    /// <param name="previous">What was known before; null for a new file.</param>
    /// <param name="lenient">Reads the file with what is broken; asked only when something is.</param>
    /// <returns>What is known now.</returns>
    public static ManifestFile Merge(ManifestSet set, DateTime modified, long length, ManifestFile? previous, Func<ManifestSet> lenient)
    {
        var documents = set.Documents;
        if (previous is not null)
        {
            var before = previous.Documents.ToDictionary(d => (d.Kind, d.Key));

            // What says the same as before stays the same object, so that nothing downstream is compiled again for it.
            documents = [.. documents.Select(d => before.TryGetValue((d.Kind, d.Key), out var old) && old.Line == d.Line && old.Root.DeepEquals(d.Root) ? old : d)];
            if (set.HasErrors)
            {
                var present = documents.Select(d => (d.Kind, d.Key)).ToHashSet();
                var unreadable = set.Errors.Any(e => e.Resource is null);
                var broken = set.Errors.Select(e => e.Resource).ToHashSet();
                documents = [.. documents, .. previous.Documents.Where(d => d.Instead is null && !present.Contains((d.Kind, d.Key)) && (unreadable || broken.Contains(d.Origin)))];
            }
        }

        return new ManifestFile(modified, length, set.HasErrors ? AddClosed(documents, set, lenient) : documents, set.Findings);
    }

    /// <summary>Policies that are broken and have no good version hold in their closed form.</summary>
    private static ImmutableArray<ManifestDocument> AddClosed(ImmutableArray<ManifestDocument> documents, ManifestSet set, Func<ManifestSet> lenient)
    {
        var present = documents.Select(d => d.Origin).ToHashSet();
        var broken = set.Errors.Where(e => e.Resource is { } origin && !present.Contains(origin)).ToLookup(e => e.Resource!);
        if (broken.Count == 0)
        {
            return documents;
        }

        var closed = lenient().Documents.Where(d => ClosedPolicy.Exists(d.Kind) && broken.Contains(d.Origin)).Select(d => ClosedPolicy.Of(d, [.. broken[d.Origin]]));
        return [.. documents, .. closed.OfType<ManifestDocument>()];
    }
}
