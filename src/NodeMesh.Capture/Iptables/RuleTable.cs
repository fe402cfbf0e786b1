using System.Collections.Immutable;

namespace NodeMesh.Capture.Iptables;

/// <summary>The mesh's rules of one table.</summary>
/// <param name="Name"><c>raw</c>, <c>mangle</c> or <c>nat</c>.</param>
/// <param name="Incoming">Rules of the chain that PREROUTING jumps to.</param>
/// <param name="Outgoing">Rules of the chain that OUTPUT jumps to.</param>
internal sealed record RuleTable(string Name, ImmutableArray<string> Incoming, ImmutableArray<string> Outgoing);
