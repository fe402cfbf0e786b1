using System.Collections.Immutable;

namespace NodeMesh.Control.Sources.Cluster;

/// <summary>How the kinds stand.</summary>
/// <param name="Complete">True when every kind has been listed, but for those that the mesh goes on without.</param>
/// <param name="Troubles">Kinds that cannot be read as they should be.</param>
/// <param name="Pending">End when a list that is waited for has come.</param>
internal sealed record Settlement(bool Complete, ImmutableArray<KindTrouble> Troubles, ImmutableArray<Task> Pending);
