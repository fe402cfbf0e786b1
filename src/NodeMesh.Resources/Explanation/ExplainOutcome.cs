
namespace NodeMesh.Resources.Explanation;

/// <summary>What became of one request.</summary>
/// <param name="Id">Its name; null where it has none.</param>
/// <param name="Answer">The answer; null where there is none.</param>
/// <param name="Error">Why there is none.</param>
internal sealed record ExplainOutcome(string? Id, ExplainAnswer? Answer, string? Error);
