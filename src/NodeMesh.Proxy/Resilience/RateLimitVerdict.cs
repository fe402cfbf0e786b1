namespace NodeMesh.Proxy.Resilience;

/// <summary>What a bucket says of a request.</summary>
/// <param name="Allowed">True when there was a token.</param>
/// <param name="Remaining">Tokens that are left.</param>
/// <param name="Wait">Until the next token comes where there was none; else until the bucket is full.</param>
internal readonly record struct RateLimitVerdict(bool Allowed, int Remaining, TimeSpan Wait);
