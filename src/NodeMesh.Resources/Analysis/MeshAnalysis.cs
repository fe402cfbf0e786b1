using System.Collections.Immutable;
using NodeMesh.Resources.Analysis.Analyzers;
using NodeMesh.Resources.Kinds;

namespace NodeMesh.Resources.Analysis;

/// <summary>Looks for mistakes in a mesh's configuration.</summary>
public static class MeshAnalysis
{
    private const string SuppressAnnotation = "galley.istio.io/analyze-suppress";

    // Every kind of the mesh's dialects and every core kind that is bound is validated by an analyzer of its own.
    private static readonly ImmutableArray<Analyzer> All =
    [
        .. ((IEnumerable<Analyzer>)
        [
            new AnnotationsAnalyzer(), new ApplicationUserAnalyzer(), new AuthorizationPoliciesAnalyzer(), new ConditionAnalyzer(), new ConflictingGatewayAnalyzer(),
            new DeprecationAnalyzer(), new DestinationRuleCertificateAnalyzer(), new DestinationRuleSubsetAnalyzer(), new DialectAnalyzer(), new EffectAnalyzer(),
            new EnvoyFilterAnalyzer(), new FileAnalyzer(), new GatewayCertificateAnalyzer(), new GatewayListenerAnalyzer(), new GatewayPortAnalyzer(), new GatewaySecretAnalyzer(),
            new GatewaySelectorAnalyzer(), new InjectionAnalyzer(), new JwksAnalyzer(), new MeshNetworksAnalyzer(), new MultiServiceAnalyzer(), new RouteBackendAnalyzer(),
            new RouteParentAnalyzer(), new ServiceEntryAddressAnalyzer(), new ServiceEntryProtocolAnalyzer(), new ServicePortNameAnalyzer(), new SidecarSelectorAnalyzer(),
            new SmiReferenceAnalyzer(), new TelemetryDefaultSelectorAnalyzer(), new TelemetryLightstepAnalyzer(), new TelemetryProviderAnalyzer(), new TelemetrySelectorAnalyzer(),
            new VirtualServiceClaimAnalyzer(), new VirtualServiceDestinationAnalyzer(), new VirtualServiceGatewayAnalyzer(), new VirtualServiceHostAnalyzer(), new VirtualServiceSubsetAnalyzer(),
            .. ResourceKinds.All.Where(k => k.Type is not null || MeshGroups.Contains(k.Group)).Select(k => new SchemaAnalyzer(k)),
        ]).OrderBy(a => a.Name, StringComparer.Ordinal),
    ];

    /// <summary>The analyzers: name, what they check, and the codes of their findings; sorted by name.</summary>
    public static ImmutableArray<(string Name, string Description, ImmutableArray<string> Codes)> Analyzers { get; } = [.. All.Select(a => (a.Name, a.Description, a.Codes))];

    /// <summary>Analyses.</summary>
    /// <param name="input">What is analysed.</param>
    /// <param name="names">Names of analyzers; all when empty.</param>
    /// <returns>What was found, worst first, then by file and line; each finding once.</returns>
    /// <exception cref="ArgumentException">There is no analyzer of a name.</exception>
    public static ImmutableArray<AnalysisFinding> Run(AnalysisInput input, IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(names);
        if (names.FirstOrDefault(name => !All.Any(a => a.Name == name)) is { } unknown)
        {
            throw new ArgumentException($"there is no analyzer '{unknown}'; --list-analyzers names them");
        }

        var context = new AnalysisContext(input);
        foreach (var analyzer in All.Where(a => names.Count == 0 || names.Contains(a.Name)))
        {
            context.Begin(analyzer);
            analyzer.Analyze(context);
        }

        var suppressed = input.Manifests.Documents
            .Where(d => d.Annotations.ContainsKey(SuppressAnnotation))
            .ToLookup(d => d.Origin, d => d.Annotations[SuppressAnnotation].Split(',', StringSplitOptions.TrimEntries));
        return
        [
            .. context.Findings
                .Where(f => f.Resource is null || !suppressed[f.Resource].Any(codes => codes.Contains("*") || codes.Contains(f.Code)))
                .DistinctBy(f => (f.Code, f.Resource, f.Field, f.File, f.Line, f.Message))
                .OrderByDescending(f => f.Level)
                .ThenBy(f => f.File, StringComparer.Ordinal)
                .ThenBy(f => f.Line)
                .ThenBy(f => f.Code, StringComparer.Ordinal)
                .ThenBy(f => f.Field, StringComparer.Ordinal),
        ];
    }
}
