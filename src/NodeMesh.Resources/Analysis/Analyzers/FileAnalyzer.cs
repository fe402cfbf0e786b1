using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports files that cannot be read, and documents that are no resources or of no known kind.</summary>
internal sealed class FileAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "nodemesh.FileAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks that files are YAML or JSON, and that their documents are resources of known kinds";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["NM0001", "NM0002", "NM0003", "NM0005"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var finding in context.ReadingFindings)
        {
            if (finding.Resource is null || !ResourceKinds.All.Any(k => k.Kind == finding.Resource.Kind))
            {
                context.Report(SchemaAnalyzer.Translate(finding));
            }
        }
    }
}
