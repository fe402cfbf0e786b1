using NodeMesh.Model;

namespace NodeMesh.Resources.Explanation;

/// <summary>A policy that decided.</summary>
/// <param name="Resource">The policy.</param>
/// <param name="Rule">The number of its rule, from 0; null where it has none.</param>
public sealed record ExplainPolicy(ResourceOrigin Resource, int? Rule);
