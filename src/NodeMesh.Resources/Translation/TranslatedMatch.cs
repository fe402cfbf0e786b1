using System.Collections.Immutable;
using NodeMesh.Model;

namespace NodeMesh.Resources.Translation;

/// <summary>One alternative of a rule as L4 sees it.</summary>
/// <param name="Match">What L4 can compare; null when that is nothing.</param>
/// <param name="RequestFields">Its fields that need to see requests.</param>
/// <param name="Impossible">True when its own fields exclude one another.</param>
internal sealed record TranslatedMatch(PolicyMatch? Match, ImmutableArray<string> RequestFields, bool Impossible = false);
