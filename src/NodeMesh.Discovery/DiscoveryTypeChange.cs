using System.Collections.Immutable;

namespace NodeMesh.Discovery;

/// <summary>What changed in one type.</summary>
/// <param name="TypeUrl">One of <see cref="TypeUrls"/>.</param>
/// <param name="Upserts">Resources that are new or changed.</param>
/// <param name="Removals">Names of resources that are gone.</param>
public sealed record DiscoveryTypeChange(string TypeUrl, ImmutableArray<DiscoveryResource> Upserts, ImmutableArray<string> Removals);
