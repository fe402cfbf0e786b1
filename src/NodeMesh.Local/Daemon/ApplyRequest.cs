using System.Collections.Immutable;

namespace NodeMesh.Local.Daemon;

/// <summary>What <c>apply</c> sends.</summary>
/// <param name="Manifests">Documents, as YAML.</param>
/// <param name="Images">Commands of images beside those of <c>up</c>.</param>
public sealed record ApplyRequest(string Manifests, ImmutableDictionary<string, string> Images);
