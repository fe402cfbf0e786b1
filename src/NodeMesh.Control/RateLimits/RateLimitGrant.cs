namespace NodeMesh.Control.RateLimits;

/// <summary>What a node gets of one bucket.</summary>
/// <param name="Granted">How many tokens.</param>
/// <param name="Left">How many are left.</param>
/// <param name="Wait">Until the next token where there were fewer than needed; else until the bucket is full.</param>
/// <param name="HasRoom">False: there is no room for another bucket.</param>
internal readonly record struct RateLimitGrant(int Granted, int Left, TimeSpan Wait, bool HasRoom = true);
