namespace NodeMesh.Model.Traffic;

/// <summary>What requests are counted by: each value has a count of its own.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Name">The header's name; else empty.</param>
public sealed record RateLimitKey(RateLimitKeyKind Kind, string Name = "");
