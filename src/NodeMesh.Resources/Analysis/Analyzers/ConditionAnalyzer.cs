using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Manifests;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports conditions in the status of resources that are not met.</summary>
internal sealed class ConditionAnalyzer : Analyzer
{
    /// <inheritdoc/>
    public override string Name => "conditions.ConditionAnalyzer";

    /// <inheritdoc/>
    public override string Description => "Checks the status of resources for conditions that are not met";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes => ["IST0171"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        foreach (var document in ((ResourceKind[])[ResourceKinds.Service, ResourceKinds.ServiceEntry, ResourceKinds.AuthorizationPolicy]).SelectMany(context.Of))
        {
            var conditions = (document.Root.At("status", "conditions") as ManifestSequence)?.Items.OfType<ManifestMapping>() ?? [];
            foreach (var (index, condition) in conditions.Index())
            {
                if (condition.Text("status") == "False")
                {
                    context.Report(
                        "IST0171", document, FieldPath.Index("status.conditions", index),
                        $"condition {condition.Text("type")} is not met: {condition.Text("reason")}: {condition.Text("message")}");
                }
            }
        }
    }
}
