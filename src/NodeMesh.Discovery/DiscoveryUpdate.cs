using System.Collections.Immutable;

namespace NodeMesh.Discovery;

/// <summary>What one response changes.</summary>
/// <param name="TypeUrl">One of <see cref="TypeUrls"/>.</param>
/// <param name="Added">Resources that are new or changed.</param>
/// <param name="Removed">Names of resources that are gone; some may be unknown to the receiver.</param>
/// <param name="IsFirst">True for all parts of the first push of the type since the process started.</param>
/// <param name="IsLast">True for the last part of a push: the receiver now holds all that the server had to say.</param>
public sealed record DiscoveryUpdate(string TypeUrl, ImmutableArray<DiscoveredResource> Added, ImmutableArray<string> Removed, bool IsFirst, bool IsLast);
