using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Analysis;

/// <summary>A kind of findings.</summary>
/// <param name="Code">The code: IST and four digits for Istio's, NM and four digits for ours.</param>
/// <param name="Name">Its name.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="Meaning">What it means.</param>
/// <param name="Remedy">What to do about it, in general.</param>
public sealed record AnalysisCode(string Code, string Name, FindingLevel Level, string Meaning, string Remedy);
