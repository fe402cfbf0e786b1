using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>What became of an AuthorizationPolicy.</summary>
/// <param name="Policy">The model's policy; null when it has no effect on verdicts.</param>
/// <param name="Findings">What it does not do as written.</param>
/// <param name="Enforced">True when L4 enforces exactly what is written.</param>
/// <param name="RuleNumbers">For each rule of the model's policy its number in the resource; rules that can never match are not in the model.</param>
internal sealed record AuthorizationTranslation(AuthorizationPolicy? Policy, ImmutableArray<Finding> Findings, bool Enforced, ImmutableArray<int> RuleNumbers);
