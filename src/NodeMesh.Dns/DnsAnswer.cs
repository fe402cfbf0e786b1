using System.Collections.Immutable;

namespace NodeMesh.Dns;

/// <summary>A resolver's answer.</summary>
/// <param name="Code">How it went.</param>
/// <param name="Records">The records.</param>
/// <param name="UnresolvedTarget">An alias' target outside the zone, which upstream must be asked for before the answer is whole; else null.</param>
public sealed record DnsAnswer(DnsResponseCode Code, ImmutableArray<DnsRecord> Records, string? UnresolvedTarget = null);
