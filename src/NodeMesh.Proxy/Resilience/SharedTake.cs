namespace NodeMesh.Proxy.Resilience;

/// <summary>What a shared bucket says of a request.</summary>
/// <param name="Verdict">The verdict, where there is one.</param>
/// <param name="Waiter">Is given the verdict later; null where there is one.</param>
/// <param name="MustAsk">True when the keeper has to be asked.</param>
/// <param name="WasLocal">True when the node's own bucket decided.</param>
internal readonly record struct SharedTake(RateLimitVerdict Verdict, TaskCompletionSource<RateLimitVerdict>? Waiter = null, bool MustAsk = false, bool WasLocal = false);
