using System.Collections.Immutable;

namespace NodeMesh.Local.Daemon;

/// <summary>Why a request was refused; nothing was changed.</summary>
/// <param name="Errors">One line each.</param>
public sealed record ApiError(ImmutableArray<string> Errors);
