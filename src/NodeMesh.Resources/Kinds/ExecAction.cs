using System.Collections.Immutable;

namespace NodeMesh.Resources.Kinds;

/// <summary>A command.</summary>
public sealed record ExecAction
{
    /// <summary>The program and its arguments; no shell.</summary>
    public ImmutableArray<string> Command { get; init; } = [];
}
