using System.Collections.Immutable;

namespace NodeMesh.Resources.Analysis;

/// <summary>Looks for one sort of mistakes.</summary>
internal abstract class Analyzer
{
    /// <summary>Its name: istioctl's where the analyzer is Istio's.</summary>
    public abstract string Name { get; }

    /// <summary>What it checks, in one sentence.</summary>
    public abstract string Description { get; }

    /// <summary>The codes of its findings.</summary>
    public abstract ImmutableArray<string> Codes { get; }

    /// <summary>Looks.</summary>
    /// <param name="context">What there is to look at; takes what is found.</param>
    public abstract void Analyze(AnalysisContext context);
}
