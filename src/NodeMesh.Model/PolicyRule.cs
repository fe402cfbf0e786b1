using System.Collections.Immutable;

namespace NodeMesh.Model;

/// <summary>A rule of a policy: its clauses are ANDed.</summary>
/// <param name="Clauses">The clauses.</param>
public sealed record PolicyRule(ImmutableArray<PolicyClause> Clauses);
