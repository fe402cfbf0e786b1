namespace NodeMesh.Control.RateLimits;

/// <summary>What a node wants of one bucket.</summary>
/// <param name="Key">The bucket.</param>
/// <param name="Requests">Tokens that come in each period.</param>
/// <param name="Period">The period.</param>
/// <param name="Burst">Tokens that the bucket holds at most.</param>
/// <param name="Needed">Tokens for requests that wait.</param>
/// <param name="Ahead">Tokens for requests that are expected.</param>
/// <param name="Returned">Tokens that were taken and not used.</param>
internal readonly record struct RateLimitAsk(UInt128 Key, int Requests, TimeSpan Period, int Burst, int Needed, int Ahead, int Returned);
