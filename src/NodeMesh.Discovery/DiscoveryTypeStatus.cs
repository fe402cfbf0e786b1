namespace NodeMesh.Discovery;

/// <summary>How one type stands at a client.</summary>
/// <param name="TypeUrl">The type.</param>
/// <param name="Resources">How many accepted resources the client holds.</param>
/// <param name="Synced">True once the first push has come in full.</param>
/// <param name="LastUpdate">When the last response came; null: never.</param>
/// <param name="LastRejection">What was last not accepted and why; null: everything was accepted.</param>
public sealed record DiscoveryTypeStatus(string TypeUrl, int Resources, bool Synced, DateTimeOffset? LastUpdate, string? LastRejection);
