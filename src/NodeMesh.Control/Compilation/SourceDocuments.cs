using System.Collections.Immutable;
using NodeMesh.Resources.Explanation;
using NodeMesh.Resources.Manifests;
using NodeMesh.Resources.Translation;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Control.Compilation;

/// <summary>What a source has read.</summary>
/// <param name="Documents">Good documents.</param>
/// <param name="Findings">What is wrong with the others.</param>
internal sealed record SourceDocuments(IReadOnlyCollection<ManifestDocument> Documents, ImmutableArray<Finding> Findings)
{
    /// <summary>Makes what answers questions about them.</summary>
    /// <param name="mesh">The mesh.</param>
    public MeshExplainer Explain(MeshSettings mesh)
    {
        var present = Documents.Select(d => d.Origin).ToHashSet();
        var leftOut = Findings.Where(f => f is { Level: FindingLevel.Error, Resource: not null } && !present.Contains(f.Resource)).Select(f => f.Resource!).ToHashSet();

        // What the mesh does with unknown destinations is each proxy's own setting; the default is to pass them through.
        return new MeshExplainer(mesh, registryOnly: false, Documents, leftOut);
    }
}
