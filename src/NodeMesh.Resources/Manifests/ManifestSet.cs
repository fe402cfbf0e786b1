using System.Collections.Immutable;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Manifests;

/// <summary>What was read from manifests: the good documents, and all that is wrong with the others.</summary>
/// <param name="Documents">Documents without an error, in the order of files and text.</param>
/// <param name="Findings">Errors and warnings, in the order of files and text.</param>
public sealed record ManifestSet(ImmutableArray<ManifestDocument> Documents, ImmutableArray<Finding> Findings)
{
    /// <summary>True when a document could not be read.</summary>
    public bool HasErrors => Findings.Any(f => f.Level == FindingLevel.Error);

    /// <summary>The errors only.</summary>
    public IEnumerable<Finding> Errors => Findings.Where(f => f.Level == FindingLevel.Error);
}
