namespace NodeMesh.Compare.Results;

/// <summary>A run and what came of it.</summary>
/// <param name="Started">When it began.</param>
/// <param name="Options">What was asked for.</param>
/// <param name="Facts">Where and with what.</param>
/// <param name="Results">All samples.</param>
/// <param name="Omitted">A sentence for each thing that was asked for and is not there.</param>
internal sealed record RunReport(DateTimeOffset Started, CompareOptions Options, RunFacts Facts, ResultSet Results, IReadOnlyList<string> Omitted);
