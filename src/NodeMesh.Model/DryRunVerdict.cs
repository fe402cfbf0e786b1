namespace NodeMesh.Model;

/// <summary>What a dry-run policy would have done.</summary>
/// <param name="Policy">The policy; null where it would have been refused because no dry-run ALLOW policy matched.</param>
/// <param name="Action">The policy's action.</param>
/// <param name="Refused">True when the connection would have been refused.</param>
public readonly record struct DryRunVerdict(NamespacedName? Policy, PolicyAction Action, bool Refused);
