using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>A clause of a rule: its matches are ORed; a clause without matches matches.</summary>
/// <param name="Matches">The matches.</param>
public sealed record PolicyClause(ImmutableArray<PolicyMatch> Matches);
