using System.Collections.Immutable;
using NodeMesh.Resources.Kinds;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis.Analyzers;

/// <summary>Reports what reading and validating found wrong with the resources of one kind.</summary>
/// <param name="kind">The kind.</param>
internal sealed class SchemaAnalyzer(ResourceKind kind) : Analyzer
{
    /// <summary>The beginning of the names of these analyzers.</summary>
    public const string Prefix = "schema.ValidationAnalyzer.";

    /// <inheritdoc/>
    public override string Name { get; } = kind.Kind switch
    {
        // Two dialects have these names; istioctl's analyzers are for Istio's.
        "Gateway" when kind.Group == MeshGroups.GatewayApi => $"{Prefix}KubernetesGateway",
        "TCPRoute" when kind.Group != MeshGroups.GatewayApi => $"{Prefix}SmiTCPRoute",
        _ => Prefix + kind.Kind,
    };

    /// <inheritdoc/>
    public override string Description => $"Checks {kind.Plural} of {(kind.Group.Length == 0 ? "core" : kind.Group)} as the webhook does";

    /// <inheritdoc/>
    public override ImmutableArray<string> Codes =>
        kind == ResourceKinds.VirtualService ? ["IST0106", "IST0130", "IST0131", "IST0133", "NM0006"] : kind.Type is null ? ["NM0006"] : ["IST0106", "IST0133", "NM0004", "NM0006", "NM0007"];

    /// <inheritdoc/>
    public override void Analyze(AnalysisContext context)
    {
        var origins = context.Input.Manifests.Documents.Where(d => d.Kind == kind).Select(d => (d.File, d.Index, d.Origin)).ToHashSet();
        foreach (var finding in context.ReadingFindings)
        {
            if (finding.Resource is { } origin && origin.Kind == kind.Kind && (origins.Contains((finding.File ?? "", finding.Document, origin)) || OnlyKind(origin.Kind)))
            {
                context.Report(Translate(finding));
            }
        }
    }

    /// <summary>Says in analysis' words what reading or validating found.</summary>
    /// <param name="finding">The finding.</param>
    /// <returns>The same, the analyzer left open.</returns>
    public static AnalysisFinding Translate(Finding finding)
    {
        var (message, remedy) = AnalysisCodes.Split(finding.Message);
        var code = AnalysisCodes.Of(finding);
        return new AnalysisFinding(code, finding.Level, "", finding.Resource, finding.Field, finding.File, finding.Line, message, remedy.Length == 0 ? AnalysisCodes.Of(code).Remedy : remedy);
    }

    // What could not be bound has no document; its kind's name is enough where no other dialect has it.
    private static bool OnlyKind(string name) => ResourceKinds.All.Count(k => k.Kind == name) == 1;
}
