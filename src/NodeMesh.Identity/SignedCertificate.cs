using System.Collections.Immutable;

namespace NodeMesh.Identity;

/// <summary>A CA's answer.</summary>
/// <param name="ChainPem">The leaf first, then intermediates, one PEM block each; no root.</param>
/// <param name="RootsPem">All roots that the mesh trusts, PEM blocks one after another.</param>
public sealed record SignedCertificate(ImmutableArray<string> ChainPem, string RootsPem);
