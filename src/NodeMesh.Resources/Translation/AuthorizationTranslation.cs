using System.Collections.Immutable;
using NodeMesh.Model;
using NodeMesh.Resources.Validation;

namespace NodeMesh.Resources.Translation;

/// <summary>What became of an AuthorizationPolicy.</summary>
/// <param name="Policy">The model's policy; null when it has no effect on verdicts.</param>
/// <param name="Findings">What it does not do as written.</param>
/// <param name="Enforced">True when L4 enforces exactly what is written.</param>
internal sealed record AuthorizationTranslation(AuthorizationPolicy? Policy, ImmutableArray<Finding> Findings, bool Enforced);
